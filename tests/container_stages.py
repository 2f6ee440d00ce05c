"""Runs a Containerfile without a container engine: RUN by chroot, COPY by copying, exec forms only. A stage begins as BASE (a folder with a
Debian) or, FROM scratch, as an empty folder OUT; what the last stage says of its process is printed as JSON.
usage: container_stages.py CONTAINERFILE CONTEXT BASE OUT"""
import json, os, re, shlex, shutil, subprocess, sys

containerfile, context, base, out = sys.argv[1:]
text = re.sub(r"\\\n", " ", "".join(line for line in open(containerfile) if not line.startswith("#")))
stages, root, folder, process = {}, None, "/", {}


def inside(path):
    return root + os.path.normpath(os.path.join(folder, path))


def copy(words):
    option, source = re.fullmatch(r"--from=(.+)", words[0]), context
    if option:
        source = stages[option[1]]
    *names, target = words[1:] if option else words
    for name in names:
        path = os.path.join(source, name.lstrip("/"))
        if os.path.isdir(path):
            shutil.copytree(path, inside(target), symlinks=True, dirs_exist_ok=True)
        else:
            os.makedirs(inside(target), exist_ok=True)
            shutil.copy2(path, inside(target))


def run(words):
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    subprocess.run(["chroot", root, "env", "-C", folder, *words], env=environment, check=True, stdout=sys.stderr)


for line in filter(None, map(str.strip, text.split("\n"))):
    word, rest = line.split(None, 1)
    print(f"{word} {rest}", file=sys.stderr, flush=True)
    if word == "FROM":
        image, *name = rest.split(" AS ")
        root, folder, process = (out if image == "scratch" else base), "/", {"env": {}}
        os.makedirs(root, exist_ok=True)
        stages.update((n, root) for n in name)
    elif word == "WORKDIR":
        folder = rest
        os.makedirs(inside("."), exist_ok=True)
    elif word == "COPY":
        copy(rest.split())
    elif word == "RUN":
        run(json.loads(rest))
    elif word == "ENV":
        process["env"].update(pair.split("=", 1) for pair in shlex.split(rest))
    elif word in ("ENTRYPOINT", "CMD"):
        process[word] = json.loads(rest)
    elif word == "HEALTHCHECK":
        process[word] = json.loads(rest[rest.index("CMD ") + 4:])
    elif word == "USER":
        process[word] = rest
    elif word not in ("ARG", "LABEL", "EXPOSE"):
        sys.exit(f"{containerfile}: {word} is not known here")
print(json.dumps(process))
