/* completion: the same table of commands and options for two shells; the scripts look words up in it. */
#include <stdio.h>
#include <string.h>

#include "microflux/args.h"
#include "microflux/commands.h"

/* A line of the table: command, word (option or verb; empty: the command itself), its value, a sentence. */
static const char bash[] =
    "_microflux() {\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words\n"
    "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
    "    words=$(_microflux_table | cut -f 1 | uniq)\n"
    "  else\n"
    "    words=$(_microflux_table | awk -F'\\t' -v c=\"${COMP_WORDS[1]}\" -v o=\"$before\" "
    "'$1 == c && $2 == o { print $3 }')\n"
    "    case $words in\n"
    "    FILE) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n"
    "    *[a-z]'|'*) words=${words//|/ } ;;\n"
    "    ?*) return ;;\n"
    "    *) words=$(_microflux_table | awk -F'\\t' -v c=\"${COMP_WORDS[1]}\" '$1 == c { print $2 }') ;;\n"
    "    esac\n"
    "  fi\n"
    "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "}\n"
    "complete -F _microflux microflux\n";

static const char zsh[] =
    "_microflux() {\n"
    "  local value; local -a found\n"
    "  if (( CURRENT == 2 )); then\n"
    "    found=(${(f)\"$(_microflux_table | awk -F'\\t' '$2 == \"\" { print $1 \":\" $4 }')\"})\n"
    "    _describe command found; return\n"
    "  fi\n"
    "  value=$(_microflux_table | awk -F'\\t' -v c=$words[2] -v o=$words[CURRENT-1] "
    "'$1 == c && $2 == o { print $3 }')\n"
    "  case $value in\n"
    "  FILE) _files ;;\n"
    "  *[a-z]\\|*) compadd -- ${(s:|:)value} ;;\n"
    "  ?*) ;;\n"
    "  *) found=(${(f)\"$(_microflux_table | awk -F'\\t' -v c=$words[2] "
    "'$1 == c && $2 != \"\" { print $2 \":\" $4 }')\"})\n"
    "    _describe option found ;;\n"
    "  esac\n"
    "}\n"
    "compdef _microflux microflux\n";

int command_completion(int argc, char **argv)
{
    char **rest;
    size_t n;
    int status = 0;
    const struct args args = {"completion",
                              "bash|zsh",
                              "Prints a script that completes commands, options and their values.",
                              "source <(microflux completion bash)",
                              NULL,
                              0,
                              false};
    if (!args_parse(&args, argc, argv, &rest, &n, NULL, &status))
        return status;
    bool for_zsh = strcmp(rest[0], "zsh") == 0;
    printf("%s# completion of microflux " MF_VERSION " for %s\n_microflux_table() { cat <<'TABLE'\n",
           for_zsh ? "#compdef microflux\n" : "", rest[0]);
    commands_list();
    printf("TABLE\n}\n%s", for_zsh ? zsh : bash);
    return 0;
}
