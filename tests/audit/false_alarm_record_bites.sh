#!/bin/sh
# false_alarm_record_bites.sh CHECK ROOT: a changed source makes the record stale, and a record with an alarm is refused.
set -eu
check=$1 root=$2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/src" "$copy/tests/audit"
cp -r "$root/src/kernel" "$root/src/audit" "$copy/src/"
cp "$root/tests/audit/t_false_alarm.c" "$root/tests/audit/false_alarm.json" "$copy/tests/audit/"
sed -i 's/"suspicious": 0/"suspicious": 1/' "$copy/tests/audit/false_alarm.json"
if python3 "$check" check "$copy"; then echo "an alarm passes"; exit 1; fi
cp "$root/tests/audit/false_alarm.json" "$copy/tests/audit/"
echo >>"$copy/src/audit/heat.c"
if python3 "$check" check "$copy"; then echo "a stale record passes"; exit 1; fi
sed 's/"single": [0-9]*/"single": 3/' "$root/tests/audit/false_alarm.json" >"$copy/tests/audit/false_alarm.json"
sed -i '$d' "$copy/src/audit/heat.c"
if python3 "$check" check "$copy"; then echo "too few large matrices pass"; exit 1; fi
