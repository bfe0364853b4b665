/**
 * A takeover as bars: for each step of the new leader's process, and of each venue's line, from the step before it to
 * itself, on one axis that begins with the first thing that is known. Rule decided here: where the process told its own
 * times, a single venue's entries would say the same again and are left out.
 */

/** @typedef {import('./shapes.d.ts').TakeoverReport} TakeoverReport */
/** @typedef {{ readonly label: string, readonly fromMs: number, readonly toMs: number }} Bar */
/** @typedef {{ readonly title: string, readonly bars: readonly Bar[] }} BarGroup */
/** @typedef {{ readonly groups: readonly BarGroup[], readonly endMs: number, readonly beginUs: number }} Bars */

/** @type {Readonly<Record<string, string>>} */
const LABELS = {
  deathSeen: 'death seen',
  proven: 'death proven',
  campaign: 'asks for votes',
  elected: 'elected',
  barrier: 'own entry applied',
  firstCommand: 'first command',
  connected: 'connected',
  loggedOn: 'logged on',
  outboundResolved: 'sent messages settled',
  inboundSynced: 'missed messages read',
  reconciled: 'reconciled',
  gateOpen: 'gate open',
  firstOrderWritten: 'first order written',
  firstOrderAccepted: 'first order accepted',
  Barrier: 'own entry applied',
  Connecting: 'connecting',
  LoggedOn: 'logged on',
  OutboundResolved: 'sent messages settled',
  InboundSynced: 'missed messages read',
  Reconciled: 'reconciled',
  GateOpen: 'gate open',
};

/**
 * @param {TakeoverReport} report
 * @returns {Bars}
 */
export function barsOf(report) {
  const own = Object.entries(report.phasesUs).map(([step, atUs]) => ({ label: labelOf(step), atUs }));
  const atVenues = report.venues.map(({ phases, venue }) => {
    return { title: venue, steps: phases.map(({ phase, timeUs }) => ({ label: labelOf(phase), atUs: timeUs })) };
  });
  const isToldTwice = own.length > 0 && atVenues.length === 1;
  const groups = [{ title: report.node, steps: own }, ...(isToldTwice ? [] : atVenues)]
    .map(({ steps, title }) => ({ title, steps: steps.filter(({ atUs }) => Number.isSafeInteger(atUs)) }))
    .filter(({ steps }) => steps.length > 0);
  const times = groups.flatMap(({ steps }) => steps.map(({ atUs }) => atUs));
  if (times.length === 0) return { groups: [], endMs: 0, beginUs: report.startedUs };
  const beginUs = Math.min(...times);
  return {
    groups: groups.map(({ steps, title }) => ({ title, bars: inOrder(steps, beginUs) })),
    endMs: (Math.max(...times) - beginUs) / 1000,
    beginUs,
  };
}

/**
 * From the first sign to the open gate; undefined while it is not open.
 * @param {TakeoverReport} report
 * @returns {number | undefined} ms
 */
export function downMs(report) {
  const { phasesUs, startedUs, venues } = report;
  const opened = venues.map(({ phases }) => phases.findLast(({ phase }) => phase === 'GateOpen')?.timeUs);
  const told = phasesUs['gateOpen'];
  const last = opened.includes(undefined) ? undefined : Math.max(...opened.map((atUs) => atUs ?? 0));
  const endUs = told ?? (opened.length > 0 ? last : undefined);
  if (endUs === undefined) return undefined;
  const beginUs = Math.min(startedUs, ...Object.values(phasesUs));
  return (endUs - beginUs) / 1000;
}

/** @param {readonly { readonly label: string, readonly atUs: number }[]} steps @param {number} beginUs @returns {Bar[]} */
function inOrder(steps, beginUs) {
  let fromMs = 0;
  return [...steps]
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ atUs, label }) => {
      const bar = { label, fromMs, toMs: (atUs - beginUs) / 1000 };
      fromMs = bar.toMs;
      return bar;
    });
}

/** @param {string} step */
function labelOf(step) {
  return Object.hasOwn(LABELS, step) ? (LABELS[step] ?? step) : step;
}
