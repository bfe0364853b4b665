# The steps of `hosts`. Rules decided here: one host after the other, and the next only when the one before is level and
# every gate is open again; the leader last, and by a hand-over; whatever is repeated does no harm.
# shellcheck shell=bash

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*" >&2; }

die() {
  printf 'hosts: %s\n' "$*" >&2
  exit 1
}

read_inventory() {
  [ -f "$folder/inventory" ] || die "there is no $folder/inventory: copy inventory.example, and put in your hosts"
  TRANSPORT=ssh SERVICE=systemd SSH_OPTIONS='-o BatchMode=yes -o ConnectTimeout=5' RAFT_PORT=7101 API_PORT=9091 API_HOSTS='' PREFIX=''
  source "$folder/inventory"
  names=()
  declare -gA id=() address=() reach_by=() role=()
  local name number where target what
  while read -r name number where target what; do
    case $name in '' | '#'*) continue ;; esac
    names+=("$name")
    id[$name]=$number address[$name]=$where reach_by[$name]=$target role[$name]=$what
  done <<<"$HOSTS"
}

members() { for name in "${names[@]}"; do case ${role[$name]} in founder | joined) echo "$name" ;; esac; done; }

each_member() { for name in $(members); do "$@" "$name"; done; }

apis() {
  local list=()
  for name in $(members); do list+=("${address[$name]}:$API_PORT"); done
  (IFS=,; echo "${list[*]}")
}

# A namespace has the files of this machine: each host gets a folder of its own there.
prefix_of() { if [ "$TRANSPORT" = netns ]; then echo "$PREFIX/$1"; else echo "$PREFIX"; fi; }

# reach NAME COMMAND: runs it on the host, with this standard input.
reach() {
  case $TRANSPORT in
    # shellcheck disable=SC2086
    ssh) ssh $SSH_OPTIONS "${reach_by[$1]}" "$(as_root "$1")bash -c $(printf %q "$2")" ;;
    netns) ip netns exec "${reach_by[$1]}" bash -c "$2" ;;
    *) die "TRANSPORT=$TRANSPORT: expected ssh or netns" ;;
  esac
}

as_root() { case ${reach_by[$1]} in root@*) ;; *) echo 'sudo -n ' ;; esac; }

# on_host VERB NAME [ARGUMENT…]
on_host() {
  local verb=$1 name=$2
  shift 2
  local line
  line=$(printf '%q ' "$verb" "$name" "$SERVICE" "$(prefix_of "$name")" "$@")
  { [ "$verb" != baton ] || token_line; cat "$here/on-host"; } | reach "$name" "bash -s -- $line"
}

# The token goes with the script: hosts keep none, and it stands in no list of processes.
token_line() {
  local file=${BATON_TOKEN_FILE:-$folder/secrets/token-operate}
  [ ! -f "$file" ] || printf 'export BATON_TOKEN=%q\n' "$(cat "$file")"
}

# put NAME FILE PATH MODE: there whole or not at all.
put() {
  local to
  to=$(prefix_of "$1")$3
  reach "$1" "mkdir -p ${to%/*} && umask 077 && cat >$to.partial && chmod $4 $to.partial && mv $to.partial $to" <"$2"
}

# A baton command, run on the first member that can be reached.
ctl() {
  local status=255 name
  for name in $(members); do
    status=0
    on_host baton "$name" "$@" || status=$?
    [ "$status" -eq 255 ] || return "$status"
  done
  return "$status"
}

# What a JavaScript expression over `s` (baton status --json) gives.
ask_status() {
  local args=() name
  for name in $(members); do args+=(--api "${address[$name]}:$API_PORT"); done
  ctl status --json "${args[@]}" 2>/dev/null | own_node -e "
    let s = '';
    process.stdin.on('data', (d) => (s += d)).on('end', () => {
      s = JSON.parse(s);
      const leader = s.nodes.map((n) => n.status).filter((n) => n?.role === 'leader').sort((a, b) => b.term - a.term)[0];
      console.log($1);
    });" || true
}

leader() { ask_status 'leader?.node ?? ""'; }

# All members answer, follow one leader, are level within 200 entries, and every gate is open.
is_whole() {
  local count
  count=$(members | wc -l)
  [ "$(ask_status "leader !== undefined && leader.gate.every((g) => g.open) && s.nodes.filter((n) => n.status?.leader === leader.node && leader.commitIndex - n.status.appliedIndex < 200).length >= ${1:-$count}")" = true ]
}

wait_for_gates() {
  local end=$((SECONDS + $1))
  until is_whole "${2:-}"; do
    [ "$SECONDS" -lt "$end" ] || die "the cluster is not whole after $1 s; look: ./hosts status; ./hosts log NODE"
    sleep 0.2
  done
}

status() {
  local args=() name
  for name in $(members); do args+=(--api "${address[$name]}:$API_PORT"); done
  ctl status "${args[@]}"
}

# The Node that came with the release, or this machine's.
own_node() {
  local pinned
  pinned=$(echo "$folder"/releases/own/node_modules/node-*/bin/node)
  if [ -x "$pinned" ]; then "$pinned" "$@"; else node "$@"; fi
}

# A baton command, run here: this machine must reach the APIs itself.
own_ctl() {
  BATON_CA_FILE=${BATON_CA_FILE:-$folder/certs/ca.pem} \
    BATON_TOKEN_FILE=${BATON_TOKEN_FILE:-$folder/secrets/token-operate} own_baton "$@"
}

own_baton() { own_node "$folder/releases/own/node_modules/@baton/cli/bin/baton.js" "$@"; }

# The release on this machine: certificates are made with it.
unpack_own() {
  rm -rf "$folder/releases/own.partial"
  mkdir -p "$folder/releases/own.partial/node_modules/node-linux"
  tar -xzf "$1" -C "$folder/releases/own.partial" --strip-components=1
  [ "$2" = - ] || tar -xzf "$2" -C "$folder/releases/own.partial/node_modules/node-linux" --strip-components=1
  rm -rf "$folder/releases/own"
  mv "$folder/releases/own.partial" "$folder/releases/own"
}

version_of() { tar -xzOf "$1" package/package.json | sed -n 's/^  "version": "\(.*\)",$/\1/p' | head -1; }

# install_one NAME RELEASE NODE: unpacked beside what runs. A version that is there already is not sent again.
install_one() {
  local name=$1 release=$2 pinned=$3 prefix version
  version=$(version_of "$release")
  prefix=$(prefix_of "$name")
  ! reach "$name" "test -e $prefix/opt/baton/releases/$version/.complete" || return 0
  put "$name" "$release" /opt/baton/incoming/program.tgz 600
  [ "$pinned" = - ] || put "$name" "$pinned" /opt/baton/incoming/node.tgz 600
  on_host unpack "$name" "$version" "$prefix/opt/baton/incoming/program.tgz" \
    "$([ "$pinned" = - ] || echo "$prefix/opt/baton/incoming/node.tgz")" >&2
}

install_all() {
  [ $# -eq 2 ] || die 'expected: install RELEASE NODE (dist/baton-VERSION.tgz and dist/node-VERSION-linux-x64.tgz, or -)'
  unpack_own "$1" "$2"
  local name version
  version=$(version_of "$1")
  for name in "${names[@]}"; do
    [ "${role[$name]}" != gone ] || continue
    install_one "$name" "$1" "$2"
    on_host activate "$name" "$version"
    on_host prepare "$name"
    say "$name: $version installed"
  done
}

make_certificates() {
  local name
  [ -f "$folder/certs/ca.pem" ] || own_baton certs init --folder "$folder/certs" --cluster "$CLUSTER"
  for name in "${names[@]}"; do
    [ -f "$folder/certs/$name.pem" ] || own_baton certs node "$name" --folder "$folder/certs" --address "${address[$name]}"
  done
}

# One token a role. They stay in this folder; nodes get their hashes.
make_tokens() {
  local what
  mkdir -p -m 700 "$folder/secrets"
  for what in read trade operate; do
    [ -f "$folder/secrets/token-$what" ] || (
      umask 077
      own_node -p 'crypto.randomBytes(32).toString("base64url")' >"$folder/secrets/token-$what"
    )
  done
}

hash_of_token() { printf %s "$(cat "$folder/secrets/token-$1")" | sha256sum | cut -d' ' -f1; }

api_configuration() {
  echo 'api:'
  echo '  tls: { caFile: certs/ca.pem, certFile: "certs/{node}.pem", keyFile: "certs/{node}-key.pem" }'
  [ -z "$API_HOSTS" ] || echo "  hosts: [$API_HOSTS]"
  echo '  tokens:'
  echo "    - { name: reader, role: read, sha256: $(hash_of_token read) }"
  echo "    - { name: trader, role: trade, sha256: $(hash_of_token trade) }"
  echo "    - { name: operator, role: operate, sha256: $(hash_of_token operate) }"
}

# The whole configuration as NAME reads it: a node that comes later is `joining` in its own file.
configuration() {
  local self=$1 name
  echo "# Written by hosts configure; change trading.yaml and give it again."
  echo "cluster: $CLUSTER"
  echo 'dataFolder: ../../var/lib/baton'
  echo 'tls: { caFile: certs/ca.pem, certFile: "certs/{node}.pem", keyFile: "certs/{node}-key.pem" }'
  api_configuration
  echo 'nodes:'
  for name in "${names[@]}"; do
    case ${role[$name]} in
      founder | joined) ;;
      spare) [ "$name" = "$self" ] || continue ;;
      *) continue ;;
    esac
    local joining=''
    if [ "$name" = "$self" ] && [ "${role[$name]}" != founder ]; then joining=', joining: true'; fi
    echo "  - { id: ${id[$name]}, name: $name, raft: ${address[$name]}:$RAFT_PORT, api: ${address[$name]}:$API_PORT$joining }"
  done
  cat "$folder/trading.yaml"
}

configure_one() {
  local name=$1
  [ -f "$folder/trading.yaml" ] || die "there is no $folder/trading.yaml: copy trading.example.yaml, and say what is traded"
  ! grep -q '^api:' "$folder/trading.yaml" || die 'trading.yaml says api:, which hosts writes itself (TLS, tokens): take it out'
  [ -f "$folder/secrets/token-operate" ] || make_tokens
  configuration "$name" >"$folder/.baton-$name.yaml"
  put "$name" "$folder/.baton-$name.yaml" /etc/baton/baton.yaml 640
  rm "$folder/.baton-$name.yaml"
  put_certificates "$name"
  on_host prepare "$name"
}

put_certificates() {
  put "$1" "$folder/certs/ca.pem" /etc/baton/certs/ca.pem 640
  put "$1" "$folder/certs/$1.pem" "/etc/baton/certs/$1.pem" 640
  put "$1" "$folder/certs/$1-key.pem" "/etc/baton/certs/$1-key.pem" 640
}

configure_all() { each_member configure_one; }

# Kills the leader's core with SIGKILL; what came of it is in the log of the takeover.
failover() {
  local old pid term
  wait_for_gates 30
  read -r old pid term <<<"$(ask_status '`${leader.node} ${leader.pid} ${leader.term}`')"
  say "$old leads term $term: its core (process $pid) is killed"
  on_host kill-core "$old" "$pid"
  wait_for_gates 30
  say "$(leader) leads term $(ask_status 'leader.term'), every gate is open, $old is back"
  local args=() name
  for name in $(members); do args+=(--via "${address[$name]}:$API_PORT"); done
  ctl takeovers "${args[@]}" | sed -n '1p;$p'
}

# restarted NAME COMMAND…: one member stops, COMMAND changes what it finds, and it starts and is waited for; a leader hands
# over first. What was changed belongs to the node's user before it starts, and the unit is the one of its release.
restarted() {
  local name=$1
  hand_over "$name"
  on_host stop "$name"
  "${@:2}"
  on_host prepare "$name"
  on_host start "$name"
  wait_for_gates 60
}

# hand_over NAME: it leads no longer. A follower that has just come back can lead once it follows: until then the request
# is refused, and made again.
hand_over() {
  local attempt
  for attempt in {1..15}; do
    [ "$(leader)" = "$1" ] || return 0
    if ctl transfer --api "$(apis)" >&2; then
      wait_for_gates 30
      return
    fi
    sleep 1
  done
  die "$1 leads and could not hand over: see ./hosts baton status"
}

# Members, the leader last.
in_order() {
  local leads name
  leads=$(leader)
  for name in $(members); do [ "$name" = "$leads" ] || echo "$name"; done
  [ -z "$leads" ] || echo "$leads"
}

upgrade() {
  [ $# -eq 2 ] || die 'expected: upgrade RELEASE NODE'
  local version name
  version=$(version_of "$1")
  wait_for_gates 30
  for name in $(members); do install_one "$name" "$1" "$2"; done
  for name in $(in_order); do
    restarted "$name" on_host activate "$name" "$version"
    say "$name runs $version"
  done
  for name in "${names[@]}"; do
    [ "${role[$name]}" = spare ] || continue
    install_one "$name" "$1" "$2"
    on_host activate "$name" "$version"
    on_host prepare "$name"
  done
  say "all run $version; the log's version stays until: ./hosts baton version activate --api API"
}

rollback() {
  local name version
  for name in $(in_order); do
    version=$(on_host previous "$name" 2>/dev/null) || { say "$name has no earlier release"; continue; }
    restarted "$name" on_host activate "$name" "$version"
    say "$name runs $version again"
  done
}

set_role() {
  sed -i -E "s/^($1[[:space:]].*[[:space:]])[a-z]+[[:space:]]*$/\1$2/" "$folder/inventory"
  role[$1]=$2
}

replace() {
  [ $# -eq 2 ] || die 'expected: replace OLD NEW'
  local old=$1 new=$2 args=() name
  case ${role[$new]:-missing} in spare | joined) ;; *) die "$new is ${role[$new]:-not in the inventory}; expected a spare" ;; esac
  [ -f "$folder/certs/$new.pem" ] || make_certificates
  # The lost node is not waited for: the others are the cluster now.
  for name in $(members); do [ "$name" = "$old" ] || args+=(--via "${address[$name]}:$API_PORT"); done
  role[$old]=gone
  configure_one "$new"
  on_host start "$new"
  ctl members replace "$old" "$new" --id "${id[$new]}" --raft "${address[$new]}:$RAFT_PORT" \
    --api "${address[$new]}:$API_PORT" "${args[@]}"
  set_role "$old" gone
  set_role "$new" joined
  on_host retire "$old" 2>/dev/null || say "$old cannot be reached: see that it never starts again"
  wait_for_gates 60
  say "$new is a member in place of $old; inventory changed"
}

renew_certificates() {
  local name
  for name in $(members); do
    own_baton certs node "$name" --folder "$folder/certs" --address "${address[$name]}" --force
  done
  for name in $(in_order); do
    restarted "$name" put_certificates "$name"
    say "$name has a new certificate"
  done
}
