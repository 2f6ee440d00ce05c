"""security.py BOOTSTRAP PAGE: gives the user of docs/operations/security.md its rights, told by lines on stdin, each answered by one line.
  of KIND      score, audience or roster: from now on the page's list for that worker
  count        how many lines it has
  name N       what line N gives
  all | but N  exactly those rights, or all but line N"""
import re
import sys

from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, ResourcePatternType,
                                   ResourceType)

LINE = re.compile(r"^kafka-acls\.sh .* --allow-principal (\S+) --operation (\w+) --(topic|group) (\S+)$", re.M)
blocks = [LINE.findall(block) for block in open(sys.argv[2], encoding="utf-8").read().split("```")]
lists = {line[3].removeprefix("microflux-"): block for block in blocks for line in block if line[2] == "group"}
lines = lists["score"]
admin = AdminClient({"bootstrap.servers": sys.argv[1]})
EVERY = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)


def binding(line):
    user, operation, kind, name = line
    return AclBinding(ResourceType[kind.upper()], name, ResourcePatternType.LITERAL, user, "*", AclOperation[operation.upper()],
                      AclPermissionType.ALLOW)


def give(left_out=None):
    wanted = [binding(line) for i, line in enumerate(lines) if i != left_out]
    for future in admin.delete_acls([EVERY]).values():
        future.result()
    for future in admin.create_acls(wanted).values():
        future.result()
    while set(admin.describe_acls(EVERY).result()) != set(wanted):
        pass
    return "done"


def of(kind):
    global lines
    lines = lists[kind]
    return "done"


obey = {"of": of, "count": lambda: len(lines), "name": lambda n: " ".join(lines[int(n)][1:]), "all": give, "but": lambda n: give(int(n))}
print("ready", flush=True)
for said in sys.stdin:
    word, *rest = said.split()
    print(obey[word](*rest), flush=True)
