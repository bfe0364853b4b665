/**
 * How the items of the checklists are judged by what is seen of a cluster. Pure. `ok`: seen to be so; `bad`: seen not to be
 * so; `unseen`: it cannot be seen from here, and a person may say that it is so. Bounds are those of requirements §10.2–10.4.
 */
import type { ChecklistFacts, DatabaseFacts } from './checklist-facts.ts';

export interface Verdict {
  readonly state: 'ok' | 'bad' | 'unseen';
  readonly detail: string;
}

export type Check = (facts: ChecklistFacts) => Verdict;

const ok = (detail: string): Verdict => ({ state: 'ok', detail });
const bad = (detail: string): Verdict => ({ state: 'bad', detail });
const unseen = (detail: string): Verdict => ({ state: 'unseen', detail });

const MONTH_US = 31 * 86_400_000_000;
const HOUR_US = 3_600_000_000;
const CHECKPOINT_AGE_MAX_MS = 300_000;
const LAG_MAX_MS = 100;

export const nodesRun: Check = ({ nodes, leader }) => {
  const silent = nodes.filter(({ status }) => status === null).map(({ name }) => name);
  if (silent.length > 0) return bad(`${silent.join(', ')} do not answer`);
  return leader === null ? bad('no node leads') : ok(`${nodes.length} nodes, ${leader.node} leads term ${leader.term}`);
};

/** Followers apply what the leader commits, and states at the same entry are the same. */
export const inSync: Check = ({ leader, nodes }) => {
  if (leader === null) return bad('no node leads');
  const hashes = new Map<number, Map<string, string>>();
  for (const { name, status } of nodes) {
    if (status === null) return bad(`${name} does not answer`);
    if (status.leader !== leader.node) return bad(`${name} follows ${status.leader ?? 'nobody'}`);
    const { hash, index } = status.stateHash;
    hashes.set(index, (hashes.get(index) ?? new Map()).set(hash, name));
  }
  for (const [index, found] of hashes) {
    if (found.size > 1) return bad(`states differ at entry ${index}: ${[...found.values()].join(', ')}`);
  }
  const late = nodes.filter(
    ({ status }) => (status?.scribe?.lagMs ?? 0) > LAG_MAX_MS || (status?.lagEntries ?? 0) > 1000,
  );
  if (late.length > 0) return bad(`${late.map(({ name }) => name).join(', ')} lag by more than ${LAG_MAX_MS} ms`);
  return ok('all nodes follow, no state differs');
};

export const heartbeats: Check = ({ configuration, nodes }) => {
  const down = nodes.flatMap(({ name, status }) =>
    (status?.links ?? []).filter(({ up }) => !up).map(({ node }) => `${name}–${node}`),
  );
  if (nodes.every(({ status }) => status === null)) return bad('no node answers');
  return down.length > 0 ? bad(`links down: ${down.join(', ')}`) : ok(`timing ${configuration.timing}, all links up`);
};

export const oneLeader: Check = ({ nodes }) => {
  if (nodes.length < 3) return bad(`${nodes.length} nodes: a quorum needs three to survive one`);
  const leaders = nodes.flatMap(({ status }) => (status?.role === 'leader' ? [`${status.node} (${status.term})`] : []));
  const terms = new Set(nodes.flatMap(({ status }) => (status?.role === 'leader' ? [status.term] : [])));
  if (leaders.length > terms.size) return bad(`two leaders of one term: ${leaders.join(', ')}`);
  return ok('a quorum elects, a lease guards each write to a venue');
};

export const healthy: Check = ({ nodes }) => {
  const told = nodes.flatMap(({ name, status }) =>
    status === null ? [`${name} does not answer`] : Object.values(status.problems).map((text) => `${name}: ${text}`),
  );
  return told.length > 0 ? bad(told.join('; ')) : ok('no check of any node fails');
};

export const hotDrilled: Check = (facts) => {
  const { database, nowUs } = facts;
  if ('problem' in database) return unseen(`no history: ${database.problem}`);
  const last = database.drills.filter((row) => row['kind'] === 'hot').at(-1);
  if (last === undefined) return bad('no hot drill yet: baton drill hot');
  const outcome = String(last['outcome']);
  if (outcome === 'failed' || outcome === 'missed') return bad(`the last one: ${outcome}`);
  if (nowUs - Number(last['started_us']) > MONTH_US) return bad('the last one is more than a month ago');
  return ok(`${outcome}, ${(Number(last['took_us']) / 1000).toFixed(1)} ms`);
};

export const takeoverKept: Check = ({ database }) => {
  if ('problem' in database) return unseen(`no history: ${database.problem}`);
  const last = database.takeovers.filter((row) => row['kind'] === 'failover').at(-1);
  if (last === undefined) return unseen('no failover is in the history');
  return ok(`takeover ${last['number']} is kept: baton takeover ${last['number']}`);
};

export const preferredLeads: Check = ({ configuration, leader }) => {
  const { preferredLeader } = configuration;
  if (preferredLeader === undefined) return unseen('no preferredLeader is configured');
  return leader?.node === preferredLeader
    ? ok(`${preferredLeader} leads again`)
    : bad(`${leader?.node ?? 'nobody'} leads`);
};

export const checkpointRecent: Check = ({ checkpointAgeMs }) => {
  if (checkpointAgeMs === null) return unseen('no checkpoint on this machine');
  const age = `${(checkpointAgeMs / 1000).toFixed(0)} s old`;
  return checkpointAgeMs < CHECKPOINT_AGE_MAX_MS ? ok(age) : bad(age);
};

export const checkpointThere: Check = ({ checkpointAgeMs }) =>
  checkpointAgeMs === null
    ? unseen('no checkpoint on this machine')
    : ok(`${(checkpointAgeMs / 1000).toFixed(0)} s old`);

export const logsIntact: Check = ({ logDamage }) => {
  if (logDamage === null) return unseen('no log on this machine');
  return logDamage.length === 0 ? ok('no damage in the logs of this machine') : bad(logDamage.join('; '));
};

export const venuesAnswer: Check = ({ venuesDeaf }) =>
  venuesDeaf.length === 0 ? ok('every venue takes a connection') : bad(`${venuesDeaf.join(', ')} take none`);

export const databaseThere: Check = ({ database }) =>
  'problem' in database ? bad(database.problem) : ok('it answers, with the schema of this version');

export const configurationRead: Check = ({ configuration: { cluster, instruments, nodes, venues } }) =>
  ok(`${cluster}: ${nodes.length} nodes, ${venues.length} venues, ${instruments.length} instruments; no problem found`);

export const tradingStopped: Check = ({ recovery }) => {
  if (recovery === null) return unseen('no node answers');
  if (recovery.drain !== null) return ok(`drain: ${recovery.drain.phase}, ${recovery.drain.openOrders} orders open`);
  return recovery.stopped !== null ? ok(`stopped: ${recovery.stopped.reason}`) : bad(`trading is ${recovery.trading}`);
};

export const finalCheckpoint: Check = ({ recovery }) => {
  if (recovery === null) return unseen('no node answers');
  const { drain } = recovery;
  if (drain === null) return unseen('nothing was drained');
  return drain.checkpointIndex > 0 ? ok(`of entry ${drain.checkpointIndex}`) : bad(`not yet: ${drain.phase}`);
};

/** A recovery's step came out well at every venue. */
export function stepDone(...steps: readonly string[]): Check {
  return ({ recovery }) => {
    if (recovery === null) return unseen('no node answers');
    if (recovery.recovery === null) return unseen('no recovery has run');
    const found = recovery.recovery.steps.filter(({ step }) => steps.includes(step));
    const wrong = found.filter(({ ok: isOk }) => !isOk);
    if (wrong.length > 0)
      return bad(wrong.map(({ detail, step, venue }) => `${venue} ${step}: ${detail}`.trim()).join('; '));
    if (found.length === 0) return unseen(`no step ${steps.join(' or ')} yet`);
    return ok(found.map(({ detail, step, venue }) => `${venue} ${detail || step}`.trim()).join('; '));
  };
}

export const recovered: Check = ({ recovery }) => {
  if (recovery === null) return unseen('no node answers');
  const { gates, status } = recovery;
  if (status === 'COMPLETE') return ok(`${gates.map(({ venue }) => venue).join(', ')} open`);
  return bad(`${status}: ${gates.map(({ phase, venue }) => `${venue} ${phase}`).join(', ')}`);
};

export const sessionsUp: Check = ({ leader }) => {
  if (leader === null) return bad('no node leads');
  const closed = leader.gate.filter(({ open }) => !open);
  if (closed.length > 0) return bad(closed.map(({ phase, venue }) => `${venue}: ${phase}`).join(', '));
  return ok(leader.gate.map(({ venue }) => venue).join(', '));
};

export const ordersClear: Check = ({ leader }) => {
  if (leader === null) return bad('no node leads');
  const { inDoubt, open } = leader.orders;
  return inDoubt > 0 ? bad(`${inDoubt} orders in doubt`) : ok(`${open} open, none in doubt`);
};

export const lossesBounded: Check = ({ database, risk }) => {
  if (risk === null) return unseen('no leader tells of risk');
  const held = risk.scopes.filter(({ mode }) => mode !== 'active');
  if (held.length > 0) return bad(held.map(({ mode, scope, target }) => `${scope} ${target}: ${mode}`).join('; '));
  const tripped = alarmsOf(database).filter((alert) => alert['code'] === 'DAILY_LOSS_LIMIT');
  return tripped.length > 0 ? bad(`${tripped.length} loss limits were passed`) : ok('no limit is passed');
};

export const noAlarms: Check = ({ database, nowUs }) => {
  if ('problem' in database) return unseen(`no history: ${database.problem}`);
  const recent = database.alarms.filter((alert) => nowUs - Number(alert['time_us']) < HOUR_US);
  return recent.length > 0
    ? bad(`${recent.length} critical alerts in the last hour: baton history alerts`)
    : ok('none for an hour');
};

/** The last recovery ended an hour ago, and nothing critical was told since. */
export const hourWatched: Check = (facts) => {
  const endedUs = facts.recovery?.recovery?.endedUs ?? 0;
  if (endedUs === 0) return unseen('no recovery has ended');
  if (facts.nowUs - endedUs < HOUR_US) return bad(`${Math.floor((facts.nowUs - endedUs) / 60_000_000)} minutes so far`);
  return noAlarms(facts);
};

export const rampRuns: Check = ({ risk }) => {
  if (risk === null) return unseen('no leader tells of risk');
  return risk.rampPercent < 100 ? ok(`sizes are held to ${risk.rampPercent} %`) : bad('no ramp holds sizes down');
};

export const rampOver: Check = ({ risk }) => {
  if (risk === null) return unseen('no leader tells of risk');
  return risk.rampPercent === 100 ? ok('full size') : bad(`sizes are held to ${risk.rampPercent} %`);
};

export const strategiesUp: Check = ({ configuration, leader }) => {
  const missing = configuration.strategies.filter(({ id }) => !(leader?.strategiesConnected ?? []).includes(id));
  if (leader === null) return bad('no node leads');
  return missing.length > 0
    ? bad(`${missing.map(({ id }) => id).join(', ')} not running`)
    : ok('all run on the leader');
};

export const timeKept: Check = ({ database }) => {
  if ('problem' in database) return unseen(`no history: ${database.problem}`);
  const last = database.recoveries.at(-1);
  if (last === undefined) return unseen('no recovery is in the history');
  if (last['ended_us'] === null) return bad('it has not ended');
  return ok(
    `${((Number(last['ended_us']) - Number(last['started_us'])) / 1000).toFixed(0)} ms: baton history recoveries`,
  );
};

function alarmsOf(database: DatabaseFacts | { readonly problem: string }): DatabaseFacts['alarms'] {
  return 'problem' in database ? [] : database.alarms;
}
