/**
 * `GET /metrics`: what this node measures, by the names of Prometheus' conventions (`baton_<part>_<what>_<unit>`, seconds
 * and bytes). Labels are of bounded sets only: peers, venues, checks, phases; never an order or a client.
 */
import type { ApiSubject } from '../api/subject.ts';
import { takeoverReports } from '../takeover/report.ts';
import { Exposition, NO_DURATIONS } from './exposition.ts';
import type { TakeoverMeter } from './takeover-meter.ts';

const SESSION_STATES = ['disconnected', 'logon-sent', 'active', 'logout-sent'] as const;

type Told = ReturnType<NonNullable<ApiSubject['replica']>['status']>;

export function nodeMetrics(core: ApiSubject, meter: TakeoverMeter, nowUs: number): string {
  const page = new Exposition();
  const status = core.replica?.status();
  page.gauge('baton_build_info', 'Always 1.', [1, { node: core.plan.self.name, runtime: process.version }]);
  raft(page, core, status);
  links(page, core, status);
  stages(page, core);
  trading(page, core);
  takeovers(page, core, meter, nowUs);
  machine(page, core);
  scribe(page, core);
  return page.text();
}

function raft(page: Exposition, core: ApiSubject, status: Told | undefined): void {
  const counters = status?.counters;
  page.gauge('baton_raft_is_leader', '1 while this node leads.', [core.leadingTerm === 0 ? 0 : 1]);
  page.gauge('baton_raft_has_leader', '1 while this node knows who leads.', [(status?.leader ?? 0) === 0 ? 0 : 1]);
  page.gauge('baton_raft_term', 'Term.', [status?.term ?? 0]);
  page.gauge('baton_raft_commit_index', 'Last entry known to be committed.', [status?.commit ?? 0]);
  page.gauge('baton_raft_applied_index', 'Last entry applied here.', [status?.applied ?? 0]);
  page.gauge('baton_raft_last_index', 'Last entry of the log here.', [status?.last ?? 0]);
  page.gauge('baton_raft_durable_index', 'Last entry on the disk here.', [status?.durable ?? 0]);
  const lag = (status?.commit ?? 0) - (status?.applied ?? 0);
  page.gauge('baton_raft_apply_lag_entries', 'Committed entries not applied here.', [Math.max(0, lag)]);
  page.gauge('baton_lease_remaining_seconds', 'How long nobody else can lead.', [
    (status?.leaseRemainingUs ?? 0) / 1e6,
  ]);
  page.counter('baton_raft_elections_total', 'Elections that this node asked for.', [counters?.elections ?? 0]);
  page.counter('baton_raft_leader_deaths_seen_total', "Deaths of leaders' links seen.", [
    counters?.leaderDeathsSeen ?? 0,
  ]);
  page.counter('baton_raft_committed_total', 'Own proposals committed.', [counters?.committed ?? 0]);
  page.counter('baton_raft_refused_total', 'Proposals refused.', [counters?.refused ?? 0]);
  page.counter('baton_raft_outcome_unknown_total', 'Proposals whose outcome is unknown.', [
    counters?.outcomeUnknown ?? 0,
  ]);
  page.gauge('baton_raft_proposals_in_flight', 'Proposals not committed yet.', [status?.proposalsInFlight ?? 0]);
  page.gauge('baton_raft_proposal_bytes_in_flight', 'Bytes of them.', [status?.proposalBytesInFlight ?? 0]);
  page.gauge('baton_raft_oldest_proposal_seconds', 'Age of the oldest of them.', [
    (status?.oldestProposalUs ?? 0) / 1e6,
  ]);
}

function links(page: Exposition, core: ApiSubject, status: Told | undefined): void {
  const names = new Map(core.knownNodes().map(({ id, name }) => [id, name]));
  const peers = (status?.peers ?? []).map((peer) => ({ ...peer, labels: { peer: names.get(peer.nodeId) ?? '' } }));
  page.gauge(
    'baton_link_up',
    'A link to the peer is open.',
    ...peers.map(({ labels, linkUp }) => [linkUp ? 1 : 0, labels] as const),
  );
  page.gauge(
    'baton_raft_peer_lag_entries',
    'Entries that the peer lacks, as the leader knows.',
    ...peers.map(({ labels, lagEntries }) => [lagEntries, labels] as const),
  );
  page.gauge(
    'baton_link_rtt_seconds',
    'Median from a heartbeat to its answer in the last second, at the leader.',
    ...peers.map(({ labels, roundTrip }) => [roundTrip.p50Us / 1e6, labels] as const),
  );
  page.gauge(
    'baton_clock_offset_seconds',
    "The peer's wall clock minus this node's.",
    ...core.health().peers.map(({ clockOffsetUs, node }) => [(clockOffsetUs ?? 0) / 1e6, { peer: node }] as const),
  );
  const counters = status?.counters;
  page.counter(
    'baton_link_messages_total',
    'Messages between nodes.',
    [counters?.messagesSent ?? 0, { outcome: 'sent' }],
    [counters?.messagesReceived ?? 0, { outcome: 'received' }],
    [counters?.messagesDropped ?? 0, { outcome: 'dropped' }],
    [counters?.messagesRefused ?? 0, { outcome: 'refused' }],
  );
  page.counter('baton_journal_syncs_total', 'Groups of entries made durable.', [counters?.syncs ?? 0]);
  page.counter('baton_journal_written_bytes_total', 'Bytes written to the log.', [counters?.bytesWritten ?? 0]);
}

/** The way of a command through this node, stage by stage. */
function stages(page: Exposition, core: ApiSubject): void {
  const found = core.replica?.durations();
  page.histogram('baton_journal_append_duration_seconds', 'Entries handed over until durable.', [
    found?.append ?? NO_DURATIONS,
  ]);
  page.histogram('baton_journal_fsync_duration_seconds', 'One sync of the disk.', [found?.fsync ?? NO_DURATIONS]);
  page.histogram('baton_commit_duration_seconds', 'Proposed until committed, at the leader.', [
    found?.commit ?? NO_DURATIONS,
  ]);
  page.histogram('baton_apply_duration_seconds', 'Committed until applied.', [found?.apply ?? NO_DURATIONS]);
  page.histogram('baton_event_loop_delay_seconds', 'Lateness of the tick timer.', [found?.loopDelay ?? NO_DURATIONS]);
}

function trading(page: Exposition, core: ApiSubject): void {
  const counts = core.ledger.status();
  const gates = core.plan.venues.map(({ name }) => ({ venue: name, gate: core.ledger.gate(name) }));
  page.gauge(
    'baton_gate_open',
    '1 while orders may leave this node.',
    ...gates.map(({ gate, venue }) => {
      return [gate.open && gate.term === core.leadingTerm ? 1 : 0, { venue }] as const;
    }),
  );
  page.gauge(
    'baton_fix_session_state',
    '1 for the state in which the session is.',
    ...core.ledger
      .sessions()
      .flatMap(({ status, venue }) =>
        SESSION_STATES.map((state) => [state === status ? 1 : 0, { venue, state }] as const),
      ),
  );
  page.gauge(
    'baton_fix_held_messages',
    'Messages that wait for the gate.',
    ...core.ledger.sessions().map(({ held, venue }) => [held, { venue }] as const),
  );
  page.counter('baton_orders_total', 'Orders since the incarnation began.', [counts.orders.total]);
  page.counter('baton_orders_voided_total', 'Orders that provably never arrived.', [counts.orders.voided]);
  page.counter('baton_fills_total', 'Fills since the incarnation began.', [counts.fills]);
  page.gauge('baton_orders_open', 'Open orders.', [counts.orders.open]);
  page.gauge('baton_orders_held', 'Orders that wait for a session.', [counts.orders.held]);
  page.gauge('baton_orders_in_doubt', 'Orders whose effect at the venue is unknown.', [counts.orders.inDoubt]);
  page.gauge('baton_kill_switch', '1 while the kill switch is on.', [counts.killSwitch ? 1 : 0]);
}

function takeovers(page: Exposition, core: ApiSubject, meter: TakeoverMeter, nowUs: number): void {
  meter.look(takeoverReports(core, { after: meter.counted }), nowUs);
  page.histogram('baton_takeover_duration_seconds', 'First sign of a death until the gate opened.', [meter.total()]);
  page.histogram(
    'baton_takeover_phase_duration_seconds',
    'One step of a takeover, from the step before it.',
    ...meter.phases().map(([phase, durations]) => [durations, { phase }] as const),
  );
}

function machine(page: Exposition, core: ApiSubject): void {
  const figures = core.processFigures();
  const status = core.scribe.status();
  page.gauge(
    'baton_process_resident_memory_bytes',
    'Resident memory.',
    [figures.rssBytes, { process: 'core' }],
    [status?.memoryBytes ?? 0, { process: 'scribe' }],
  );
  page.gauge('baton_process_heap_used_bytes', 'Heap of the core.', [figures.heapUsedBytes]);
  page.counter('baton_gc_pauses_total', 'Pauses of the garbage collector.', [figures.gcPauses]);
  page.counter('baton_gc_pause_seconds_total', 'All of them together.', [figures.gcPauseTotalUs / 1e6]);
  page.gauge('baton_gc_pause_max_seconds', 'The longest since the start.', [figures.gcPauseMaxUs / 1e6]);
  page.gauge('baton_event_loop_delay_max_seconds', 'The longest since the start.', [figures.loopLateMaxUs / 1e6]);
  page.gauge('baton_uptime_seconds', 'Since the core started.', [core.uptimeMs() / 1000]);
  page.gauge(
    'baton_health_check_failing',
    '1 while the check counts against this node.',
    ...core.health().checks.map(({ check, counts }) => [counts ? 1 : 0, { check }] as const),
  );
}

function scribe(page: Exposition, core: ApiSubject): void {
  const status = core.scribe.status();
  page.gauge('baton_scribe_up', '1 while the scribe follows.', [status === null ? 0 : 1]);
  page.gauge('baton_scribe_lag_entries', 'Entries that it has not applied.', [status?.lagEntries ?? 0]);
  page.gauge('baton_scribe_lag_seconds', 'For how long.', [(status?.lagMs ?? 0) / 1000]);
  page.gauge('baton_checkpoint_index', 'Newest checkpoint.', [core.replica?.checkpoints()[0]?.index ?? 0]);
}
