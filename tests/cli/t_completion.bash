# Completes command lines as an interactive bash would.   t_completion.bash COMPLETION_FILE
set -u
source "$1" || exit 1
compopt() { :; } # only there while a real completion runs
failures=0
expect() { # EXPECTED_WORD WORDS_OF_THE_LINE...
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _muoncert
  [[ " ${COMPREPLY[*]-} " == *" $expected "* ]] || { echo "'$*' gives '${COMPREPLY[*]-}', not '$expected'"; failures=1; }
}
expect report muoncert rep
expect --help muoncert --h
expect --junit= muoncert report --ju
expect --json muoncert report --js
expect /etc muoncert report /et
exit "$failures"
