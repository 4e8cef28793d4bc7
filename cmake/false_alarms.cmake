# cmake -DROOT=. -DOUTPUT=false_alarms.h "-DFILES=src/kernel/….c;…" -P false_alarms.cmake: the record of
# tests/audit/false_alarm.json as an initialiser in C, and the hash of the sources as they are now: SHA-256 of what
# `sha256sum FILES` prints.
file(READ "${ROOT}/tests/audit/false_alarm.json" record)
list(SORT FILES)
set(sums "")
foreach(file ${FILES})
  file(SHA256 "${ROOT}/${file}" sum)
  string(APPEND sums "${sum}  ${file}\n")
endforeach()
string(SHA256 now "${sums}")
set(text "")
foreach(member runs conforms suspicious wrong undecided)
  string(JSON value GET "${record}" ${member})
  string(APPEND text ".${member} = ${value}, ")
endforeach()
string(JSON value GET "${record}" sources)
file(WRITE "${OUTPUT}" "{${text}.sources = \"${value}\", .now = \"${now}\"}\n")
