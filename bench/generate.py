#!/usr/bin/env python3
"""Writes a large file of hooks, or the same hooks in another language, to standard output.

usage: generate.py LANGUAGE COUNT [--mistakes]

LANGUAGE is hook, proto, lua, json, yaml, bzl (Starlark as buildifier reads it) or c. The same arguments give the same bytes.
With --mistakes (hook only) every hook has one mistake, of ten kinds in turn.
"""

import json
import random
import sys

PODS = 40


def facts(count):
    """What every language says about each hook."""
    rng = random.Random(20260101)
    verbs = ["flush", "pause", "verify", "dump", "check", "notify", "rotate", "warm", "freeze", "sync"]
    things = ["orders", "billing", "search", "sessions", "mail", "catalogue", "ledger", "images", "audit", "queue"]
    for i in range(count):
        yield {
            "index": i,
            "name": f"{rng.choice(verbs)} {rng.choice(things)} {i}",
            "side": rng.choice(["pre", "post"]),
            "operation": rng.choice(["backup", "backup", "backup", "restore"]),
            "pod": f"app-{rng.randrange(PODS)}",
            "command": f"{rng.choice(verbs)}ctl --target {rng.choice(things)} --shard {rng.randrange(64)}",
            "url": f"https://{rng.choice(things)}.example.org/{rng.choice(verbs)}/{i}",
            "timeout": rng.choice([5, 10, 30, 45, 60, 90]),
            "retries": rng.randrange(6),
            "kind": rng.randrange(20),
        }


def hook_prelude():
    yield "language 1\n\n"
    yield 'param cluster: string = "demo" usage "the name that messages show"\n'
    yield "param attempts: int(0..10) = 3\n"
    yield "secret pager: url from env PAGER_URL\n\n"
    for i in range(PODS):
        yield f'pod app-{i}\n  namespace shop\n  labels    "app=shop, part=p{i}, tier in (db, web)"\n\n'
    yield (
        "template touch(app: pod, path: string, limit: duration = 30s) {\n"
        '  exec in pod app "touch ${path}"\n'
        "  timeout ${limit}\n"
        "}\n\n"
    )


def one_hook(f):
    name, side, operation, pod = f["name"], f["side"], f["operation"], f["pod"]
    policy = ["", " on success", " on failure"][f["retries"] % 3] if side == "post" else ""
    head = f'{side} {operation}{policy} "{name}"'
    kind = f["kind"]
    if kind < 8:
        return (
            f'{head}\n  exec in pod {pod} "{f["command"]} --cluster ${{cluster}}"\n'
            f"  timeout {f['timeout']}s\n  retry {f['retries']} every 2s\n"
        )
    if kind < 11:
        return (
            f'{head} http get "{f["url"]}"\n  timeout {f["timeout"]}s\n'
            f'  expect status in 200..299 and body contains "ok"\n'
        )
    if kind < 14:
        return (
            f"{head} http post ${{pager}}\n  retry ${{attempts}} every 5s backoff 2 up to 1m\n"
            f'  json {{ text: "{name}", cluster: cluster, shard: {f["retries"]}, '
            f'tags: ["nightly", "{operation}"] }}\n  expect status == 200\n'
        )
    if kind == 14:
        return f'{head} tcp connect "{f["pod"]}.shop.svc:5432"\n  retry {f["retries"]} every 3s\n'
    if kind == 15:
        return (
            f'{head} exec in pod {pod} ["/usr/bin/tool", "--shard", "{f["retries"]}"]\n'
            f"  timeout {f['timeout']}s\n  on error warn\n"
        )
    if kind == 16:
        return f'# Reason {f["index"]}: asked for by the team.\n{head}\n  use touch(app: {pod}, path: "/tmp/{f["index"]}")\n'
    if kind == 17:
        return (
            f'hold {operation} "{name}"\n  exec in pod {pod} "pause --shard {f["retries"]}"\n'
            f'  release exec in pod {pod} "resume --shard {f["retries"]}"\n  at most 10m\n'
        )
    if kind == 18:
        return (
            f"together {{\n"
            f'  {side} {operation}{policy} "{name} a" exec in pod {pod} "one"\n'
            f'  {side} {operation}{policy} "{name} b" exec in pod {pod} "two"\n}}\n'
        )
    return f'{head} wait pod {pod} ready  # until it serves\n  timeout {f["timeout"]}s\n'


def wrong_hook(f):
    name, pod = f["name"], f["pod"]
    good = f'exec in pod {pod} "{f["command"]}"'
    return [
        f'pre backup on failure "{name}"\n  {good}\n  timeout 30s\n',
        f'pre bakup "{name}"\n  {good}\n  timeout 30s\n',
        f'pre backup "{name}"\n  exec in pod ap-{f["index"] % PODS} "x"\n  timeout 30s\n',
        f'pre backup "{name}"\n  {good}\n  timeout 30s\n  timeout 40s\n',
        f'post backup "{name}"\n  exec in pod {pod} "echo ${{clustr}}"\n  timeout 30s\n',
        f'post backup "{name}"\n  http get "{f["url"]}"\n  body "text"\n',
        f'post backup "{name}"\n  tcp connect "db.shop.svc:70000"\n  retry 3\n',
        f'pre backup "{name}"\n  {good}\n  when session.status == "Failed"\n',
        f'post backup on failure "{name}"\n  {good}\n  when session.status == "failed"\n',
        f'pre backup "{name}"\n  exec in pod {pod}\n  timeout 30s\n',
    ][f["index"] % 10]


def hook(count, mistakes):
    yield from hook_prelude()
    for f in facts(count):
        yield wrong_hook(f) if mistakes else one_hook(f)
        if f["index"] % 4 == 3:
            yield "\n"


def proto(count):
    yield 'syntax = "proto3";\npackage bench;\n'
    for f in facts(count):
        yield f"message Hook{f['index']} {{\n  string command = 1;\n  int32 timeout = {f['timeout']};\n}}\n"


def lua(count):
    for f in facts(count):
        yield (
            f'hook{{name={json.dumps(f["name"])}, phase="{f["side"]}", pod="{f["pod"]}",\n'
            f'  command={json.dumps(f["command"])},\n  timeout={f["timeout"]},\n}}\n'
        )


def json_file(count):
    yield '{ "hooks": [\n'
    for f in facts(count):
        yield (
            f'  {{ "name": {json.dumps(f["name"])}, "phase": "{f["side"]}-{f["operation"]}",\n'
            f'    "pod": "{f["pod"]}", "command": {json.dumps(f["command"])},\n'
            f'    "timeout": {f["timeout"]}, "retries": {f["retries"]} }}{"," if f["index"] + 1 < count else ""}\n'
        )
    yield "] }\n"


def yaml(count):
    yield "hooks:\n"
    for f in facts(count):
        yield (
            f'  - name: {json.dumps(f["name"])}\n    phase: {f["side"]}-{f["operation"]}\n'
            f'    exec: {{ pod: {f["pod"]}, command: {json.dumps(f["command"])} }}\n'
            f"    timeout: {f['timeout']}\n"
        )


def bzl(count):
    for f in facts(count):
        yield (
            f'hook(name = "{f["name"]}", phase = "{f["side"]}",\n  pod = "{f["pod"]}",\n'
            f"  command = {json.dumps(f['command'])},\n  timeout = {f['timeout']})\n"
        )


def c(count):
    yield "void run(const char *name, const char *pod, const char *command, int timeout);\n"
    for f in facts(count):
        yield (
            f'void hook_{f["index"]}(void) {{\n  run("{f["name"]}", "{f["pod"]}",\n'
            f'      {json.dumps(f["command"])}, {f["timeout"]});\n}}\n'
        )


def main():
    arguments = [a for a in sys.argv[1:] if a != "--mistakes"]
    mistakes = "--mistakes" in sys.argv[1:]
    writers = {"proto": proto, "lua": lua, "json": json_file, "yaml": yaml, "bzl": bzl, "c": c}
    if len(arguments) != 2 or arguments[0] not in [*writers, "hook"]:
        sys.exit(__doc__.strip())
    count = int(arguments[1])
    pieces = hook(count, mistakes) if arguments[0] == "hook" else writers[arguments[0]](count)
    sys.stdout.writelines(pieces)


if __name__ == "__main__":
    main()
