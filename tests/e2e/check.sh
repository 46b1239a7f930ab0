# check.sh: sourced by each test_*.sh. A check prints one line, "ok TEST: what" or "FAIL TEST: what: reason"; a failed
# one does not end the test. The exit code is 1 if one failed.
set -uo pipefail
check_failed=0
trap '[ $check_failed = 0 ] || exit 1' EXIT

ok() { echo "ok $TEST_NAME: $1"; }

# fail WHAT REASON...
fail() {
    local what=$1
    shift
    echo "FAIL $TEST_NAME: $what: $*"
    check_failed=1
}

# check_equal WHAT EXPECTED ACTUAL
check_equal() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        fail "$1" "it differs (- expected, + found)"
        diff -u <(echo "$2") <(echo "$3") | tail -n +3
    fi
}

# check_contains WHAT PART TEXT
check_contains() {
    case $3 in
    *"$2"*) ok "$1" ;;
    *) fail "$1" "\"$2\" is not in: $3" ;;
    esac
}

# check_exit WHAT CODE COMMAND...: output goes to $WORK/out and $WORK/err
check_exit() {
    local what=$1 code=$2 found
    shift 2
    "$@" >"$WORK/out" 2>"$WORK/err"
    found=$?
    if [ $found = "$code" ]; then
        ok "$what"
    else
        fail "$what" "exit code $found, not $code: $(tail -n 5 "$WORK/err")"
    fi
}
