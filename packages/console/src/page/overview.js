/** The head of the page: who leads, whether the cluster trades, the kill switch, where the page has this from. */
import { byId, setAttributes, setText } from './element.js';

/** @typedef {import('./shapes.d.ts').Risk} Risk */
/** @typedef {import('./shapes.d.ts').Recovery} Recovery */

/**
 * @typedef {object} Overview
 * @property {string} cluster
 * @property {import('./model.js').Leadership} leadership
 * @property {readonly import('./shapes.d.ts').Gate[]} gates of the leader
 * @property {Recovery | undefined} recovery
 * @property {Risk | undefined} risk
 * @property {string} home name of the node that the page reads from
 * @property {boolean} isLive its feed is open
 * @property {number} index
 */

/** @param {Overview} overview */
export function showOverview({ cluster, gates, home, index, isLive, leadership, recovery, risk }) {
  const { name: leader, teller, term } = leadership;
  setText(byId('cluster'), cluster === '' ? 'Baton' : `Baton: ${cluster}`);
  const open = gates.length > 0 && gates.every((gate) => gate.open);
  const said = teller === leader ? '' : ` (as ${teller} says)`;
  const words =
    leader === '' ? '✕ no leader' : `★ ${leader} leads, term ${term}, gate ${open ? 'open' : 'shut'}${said}`;
  // Said once by a screen reader for each change, not for each second.
  show('leadership', words, leader === '' ? 'bad' : open ? 'good' : 'warn');
  showTrading(recovery);
  const killed = killWords(risk);
  show('kill', killed, killed === '' ? '' : 'bad');
  byId('kill').hidden = killed === '';
  const where = home === '' ? 'this node' : home;
  const word = isLive ? `live from ${where}, entry ${index}` : `▲ not live: ${where} does not send its feed`;
  show('source', word, isLive ? 'words' : 'warn');
  const title = `${leader === '' ? 'no leader' : `${leader}, term ${term}`} · ${cluster === '' ? 'Baton' : cluster}`;
  if (document.title !== title) document.title = title;
}

/** @param {Recovery | undefined} recovery */
function showTrading(recovery) {
  if (recovery === undefined) return show('trading', '', 'words');
  const { drain, stopped, trading } = recovery;
  const reason = trading === 'STOPPED' ? stopped?.reason : trading === 'DRAINING' ? drain?.reason : '';
  const phase = trading === 'DRAINING' && drain !== null ? `, ${drain.phase}` : '';
  const words = `${trading}${phase}${reason ? `: ${reason}` : ''}`;
  show('trading', words, trading === 'TRADING' ? 'good' : 'warn');
}

/**
 * '' while new orders may pass everywhere.
 * @param {Risk | undefined} risk
 */
export function killWords(risk) {
  if (risk === undefined) return '';
  const held = risk.scopes.filter(({ mode }) => mode !== 'active');
  const latched = risk.latches.map(({ reason, scope, target }) => `latch ${scope}${target && ` ${target}`}: ${reason}`);
  const words = held.map(({ mode, reason, scope, target }) => {
    const where = scope === 'global' ? '' : ` for ${scope} ${target}`;
    return scope === 'global' && mode === 'cancel-only' ? `KILL SWITCH ON: ${reason}` : `${mode}${where}: ${reason}`;
  });
  return [...words, ...latched].join('; ');
}

/**
 * New orders are stopped everywhere, by the log or by a latch of the node that the page reads from.
 * @param {Risk | undefined} risk
 */
export function isKilled(risk) {
  if (risk === undefined) return false;
  const byLog = risk.scopes.some(({ mode, scope }) => scope === 'global' && mode !== 'active');
  return byLog || risk.latches.some(({ scope }) => scope === 'global');
}

/** @param {string} id @param {string} words @param {string} tone */
function show(id, words, tone) {
  const place = byId(id);
  setText(place, words);
  setAttributes(place, { class: tone });
}
