/* commands: the sub-commands of the one binary. Each is one file in workers/commands/ with one function
 * `int command_<name>(int argc, char **argv)`: argv[0] is the sub-command's name; returns the exit status:
 * 0 done, 1 the answer is no (not found, not equal), 64 usage, 69 a dependency is away, 70 a bug, 74 a local
 * file. */
#ifndef MICROFLUX_COMMANDS_H
#define MICROFLUX_COMMANDS_H

int commands_main(int argc, char **argv);

int command_run(int argc, char **argv);
int command_rekey(int argc, char **argv);
int command_topics(int argc, char **argv);
int command_produce(int argc, char **argv);
int command_tail(int argc, char **argv);
int command_state(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_campaigns(int argc, char **argv);
int command_fit(int argc, char **argv);
int command_shortlist(int argc, char **argv);
int command_what_if(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_lookalike(int argc, char **argv);
int command_overlap(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_config(int argc, char **argv);
int command_methodology(int argc, char **argv);
int command_peers(int argc, char **argv);
int command_metrics(int argc, char **argv);
int command_top(int argc, char **argv);
int command_completion(int argc, char **argv);

/* commands_list: every command and its options to stdout, as args_parse lists them. */
void commands_list(void);
int command_check(int argc, char **argv);
int command_lag(int argc, char **argv);
int command_health(int argc, char **argv);
int command_dead_letters(int argc, char **argv);
int command_erase(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_train(int argc, char **argv);
int command_evaluate(int argc, char **argv);

#endif
