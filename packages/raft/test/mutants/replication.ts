/** Seeded bugs of replication, commit and the log. */
import type { Mutant } from './mutant.ts';

export const REPLICATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'commits an entry of an earlier term by counting (figure 8)',
    file: 'log.ts',
    find: 'index <= this.committed || term === 0 || this.term(index) !== term) return false;',
    replace: 'index <= this.committed || term === 0) return false;',
  },
  {
    name: 'commits with one acknowledgement too few',
    file: 'quorum.ts',
    find: '  return values[count - ((count >> 1) + 1)]!;',
    replace: '  return values[count - Math.max(1, count >> 1)]!;',
  },
  {
    name: 'commits when one half of a joint configuration has it',
    file: 'tracker.ts',
    find: 'Math.min(incoming, this.matched(this.outgoing))',
    replace: 'Math.max(incoming, this.matched(this.outgoing))',
  },
  {
    name: 'appends without checking the entry before',
    file: 'log.ts',
    find: '    if (!this.matchTerm(prevIndex, prevTerm)) return -1;',
    replace: '    if (prevIndex > this.lastIndex()) return -1;',
  },
  {
    name: 'cuts the log off at every append',
    file: 'log.ts',
    find: '    if (from < entries.length) this.append(entries, from);',
    replace: '    if (entries.length > 0 && entries[0]!.index > this.committed) this.append(entries, 0);',
  },
  {
    name: 'does not replace a conflicting entry',
    file: 'log.ts',
    find: '    while (i < entries.length && this.matchTerm(entries[i]!.index, entries[i]!.term)) i++;',
    replace: '    while (i < entries.length && entries[i]!.index <= this.lastIndex()) i++;',
  },
  {
    name: 'commits what the leader commits, although it has less',
    file: 'log.ts',
    find: '    this.commitTo(Math.min(commit, lastNew));',
    replace: '    this.commitTo(Math.min(commit, this.lastIndex()));',
  },
  {
    name: 'a heartbeat carries a commit index that the follower may not have',
    file: 'replication.ts',
    find: '    message.commit = Math.min(progress.match, raft.log.committed);',
    replace: '    message.commit = raft.log.committed;',
  },
  {
    name: 'acknowledges before the entry is durable',
    file: 'raft.ts',
    find: '    if (this.afterAppend.length === 0) this.afterAppend = [message];',
    replace:
      '    if (to !== this.id) this.messages.push(message);\n    else if (this.afterAppend.length === 0) this.afterAppend = [message];',
  },
  {
    name: 'a stale storage answer makes newer entries stable (ABA)',
    file: 'unstable.ts',
    find: '    if (index < this.offset || this.term(index) !== term) return;',
    replace: '    if (index < this.offset || this.term(index) === -1) return;',
  },
  {
    name: 'a storage answer of an earlier term is believed',
    file: 'stepping.ts',
    find: '  } else if (type === MessageType.StorageAppendResp && message.snapshot !== null) {',
    replace:
      '  } else if (type === MessageType.StorageAppendResp && message.snapshot === null) {\n    raft.log.unstable.stableTo(message.index, message.logTerm);\n  } else if (type === MessageType.StorageAppendResp && message.snapshot !== null) {',
  },
  {
    name: 'a match index goes down',
    file: 'progress.ts',
    find: '    if (index <= this.match) return false;\n    this.match = index;',
    replace: '    if (index === this.match) return false;\n    this.match = index;',
  },
  {
    name: 'probes do not pause',
    file: 'progress.ts',
    find: '    } else if (count > 0) {\n      this.paused = true;',
    replace: '    } else if (count > 0) {\n      this.paused = false;',
  },
  {
    name: 'the window leaks bytes',
    file: 'inflights.ts',
    find: '      this.bytes -= this.sizes[this.start]!;\n',
    replace: '',
  },
  {
    name: 'the tail of uncommitted bytes has no limit',
    file: 'proposals.ts',
    find: '  if (raft.uncommittedBytes > 0 && bytes > 0 && full) return false;',
    replace: '  if (raft.uncommittedBytes < 0 && full) return false;',
  },
  {
    name: 'a snapshot older than the commit index is restored',
    file: 'following.ts',
    find: '  if (snapshot.index <= raft.log.committed) return false;',
    replace: '',
  },
  {
    name: 'a rejection is not answered by an earlier probe',
    file: 'leading.ts',
    find: '  if (!progress.reject(message.index, probe)) return;',
    replace: '  if (!progress.reject(message.index, message.index)) return;',
  },
];
