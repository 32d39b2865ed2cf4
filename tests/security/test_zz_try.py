import re


def test_x(sample):
    for f in sample.forms:
        if re.search("remove|erase|discard|cancel|revoke|withdraw", f.action):
            continue
        a = sample.send(f)
        if a.status not in (303, 204):
            print(
                a.status,
                f.action,
                re.findall(r'class="[^"]*(?:invalid|error)[^"]*"[^>]*>(.{0,120})', a.text)[:3],
                {k: str(v)[:20] for k, v in sample.filled(f).items()} if a.status == 422 else "",
            )
