// Loaded into every process by the benchmark; in a core it notes, on the machine's monotonic clock (ns, the same for all
// processes), when an order of the probe passed: heard from the desk, taken from the committed log, written to the venue,
// told to the desk. And, ten times a second, the longest silence on its links and the longest standstill of its loop.
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const folder = process.env.HOP_WITNESS;
const place = /^(.*[\\/])node[\\/](dist|src)[\\/]core[\\/]main\.(js|ts)$/.exec(process.argv[1] ?? '');
const MARK = 'hop-';
/** A NewOrderSingle and its ClOrdID, wherever it is in what is written. */
const SOH = String.fromCharCode(1);
const ORDER = new RegExp(`${SOH}35=D${SOH}(?:(?!${SOH}8=FIX)[^])*?${SOH}11=([^${SOH}]*)`, 'g');

if (folder !== undefined && place !== null) {
  const [, packages, built, ending] = place;
  const { Ledger } = await import(`${packages}ledger/${built}/index.${ending}`);
  const nowNs = () => Number(process.hrtime.bigint());
  const lines = [];
  const keyOf = new Map();
  const links = { lastNs: nowNs(), gapNs: 0 };

  /** Keys of probed orders in these bytes. */
  const keysIn = (bytes) => {
    const keys = [];
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + MARK.length)) {
      let end = at + MARK.length;
      while (bytes[end] >= 0x30 && bytes[end] <= 0x39) end += 1;
      keys.push(bytes.latin1Slice(at + MARK.length, end));
    }
    return keys;
  };
  const isDesk = (socket) => socket._handle?.constructor.name === 'Pipe';

  const emit = Socket.prototype.emit;
  Socket.prototype.emit = function (...said) {
    const [name, bytes] = said;
    if (name === 'data' && Buffer.isBuffer(bytes)) {
      const atNs = nowNs();
      if (isDesk(this)) for (const key of keysIn(bytes)) lines.push(`heard ${key} ${atNs}`);
      // The first byte of a WebSocket frame with bytes in it: a link between nodes.
      else if (bytes[0] === 0x82) {
        links.gapNs = Math.max(links.gapNs, atNs - links.lastNs);
        links.lastNs = atNs;
      }
    }
    return Reflect.apply(emit, this, said);
  };

  const write = Socket.prototype.write;
  Socket.prototype.write = function (...given) {
    const [bytes] = given;
    const atNs = nowNs();
    const went = Reflect.apply(write, this, given);
    if (!(bytes instanceof Uint8Array)) return went;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isDesk(this)) for (const key of keysIn(buffer)) lines.push(`told ${key} ${atNs}`);
    else if (buffer[0] === 0x38 && buffer[1] === 0x3d) {
      // After the write: the bytes are in the socket.
      const doneNs = nowNs();
      for (const [, clOrdId] of buffer.latin1Slice().matchAll(ORDER)) {
        const key = keyOf.get(clOrdId);
        if (key !== undefined) lines.push(`written ${key} ${doneNs}`);
        keyOf.delete(clOrdId);
      }
    }
    return went;
  };

  const apply = Ledger.prototype.apply;
  Ledger.prototype.apply = function (entry) {
    const atNs = nowNs();
    const outcome = Reflect.apply(apply, this, [entry]);
    const { command } = entry;
    const [key] = keysIn(Buffer.from(command.buffer, command.byteOffset, command.byteLength));
    if (key !== undefined && outcome.result.ok && outcome.result.clOrdId !== '') {
      lines.push(`committed ${key} ${atNs}`);
      keyOf.set(outcome.result.clOrdId, key);
      if (keyOf.size > 10_000) keyOf.clear();
    }
    return outcome;
  };

  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  setInterval(() => {
    // The sampler's own millisecond is no standstill.
    const lateUs = Math.max(0, Math.round(histogram.max / 1e3) - 1000);
    lines.push(`gap ${Math.round(links.gapNs / 1e3)} ${nowNs()} ${lateUs}`);
    histogram.reset();
    links.gapNs = 0;
  }, 100).unref();
  // Seldom: writing is a standstill itself.
  setInterval(() => {
    if (lines.length > 0) appendFileSync(`${folder}/core-${process.pid}`, `${lines.splice(0).join('\n')}\n`);
  }, 1000).unref();
}
