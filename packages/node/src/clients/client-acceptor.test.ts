import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeBody, encodeMessage, Framer, parseMessage } from '@baton/fix';
import type { Connection } from '@baton/host';
import { MemoryNetwork, VirtualClock } from '@baton/host/testing';
import type { ClientConfiguration, ClientSessionView, Command } from '@baton/ledger';
import { Gate } from '../gate/gate.ts';
import { ClientAcceptor } from './client-acceptor.ts';

const ADDRESS = { host: 'node', port: 9881 };
const FIRST = 7 * 65_536 + 1;
const DESK: ClientConfiguration = {
  client: 'desk',
  beginString: 'FIX.4.4',
  senderCompId: 'DESK',
  targetCompId: 'BATON',
  account: '',
  heartBtIntS: 60,
  resetOnLogon: false,
};

/** A client's end of a line: what it heard, and how the line ended. */
class Line {
  readonly heard: string[] = [];
  end = '';
  readonly connection: Connection;

  constructor(network: MemoryNetwork, host: string) {
    const framer = new Framer();
    this.connection = network.host(host).connect(ADDRESS, 1000, {
      onData: (bytes) => {
        framer.push(bytes);
        for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
          if (frame.type !== 'message') continue;
          const message = parseMessage(frame.bytes);
          const dup = message.getBoolean(43) === true ? 'dup' : '';
          this.heard.push(`${message.msgType}${message.msgSeqNum}${dup} ${message.getString(58) ?? ''}`.trim());
        }
      },
      onClose: (reason) => {
        this.end = reason.kind;
      },
    });
  }
}

class Scene {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly facts = { term: 7, leaseUs: 1000 };
  readonly proposed: Command[] = [];
  readonly settle: ((isApplied: boolean) => void)[] = [];
  readonly refused: string[] = [];
  readonly session: ClientSessionView = {
    client: 'desk',
    beginString: 'FIX.4.4',
    senderCompId: 'DESK',
    targetCompId: 'BATON',
    connectionId: 0,
    status: 'disconnected',
    nextOut: 40,
    nextIn: 30,
    unsent: 0,
    mayMiss: false,
    openOrders: 0,
  };
  readonly certificates = new Map<string, string>();
  readonly acceptor: ClientAcceptor;

  constructor() {
    this.acceptor = new ClientAcceptor({
      address: ADDRESS,
      tls: { cert: '', key: '', ca: 'CA' },
      certificates: this.certificates,
      clients: [DESK],
      network: this.network.host('node'),
      clock: this.clock,
      gate: new Gate({
        leadingTerm: () => this.facts.term,
        leaseRemainingUs: () => this.facts.leaseUs,
        openTerm: () => 0,
      }),
      propose: (command, settled) => {
        this.proposed.push(command);
        this.settle.push(settled);
        return this.facts.term !== 0;
      },
      session: () => this.session,
      observe: {
        refused: (_remote, reason, text) => this.refused.push(`${reason} ${text}`),
        turnedAway() {},
        connected() {},
        closed() {},
        garbled() {},
        withheld() {},
      },
    });
    void this.acceptor.start();
    this.clock.advance(1);
  }

  serve(): this {
    this.acceptor.lead(7);
    this.acceptor.announce();
    return this;
  }

  line(host = 'client'): Line {
    const line = new Line(this.network, host);
    this.clock.advance(1);
    return line;
  }

  message(msgType: string, msgSeqNum: number, senderCompId = 'DESK', body = encodeBody([])): Buffer {
    return encodeMessage(
      {
        beginString: 'FIX.4.4',
        msgType,
        msgSeqNum,
        senderCompId,
        targetCompId: 'BATON',
        sendingTimeUs: this.clock.wallUs(),
      },
      body,
    );
  }

  logon(line: Line, msgSeqNum = 30): void {
    line.connection.write(this.message('A', msgSeqNum));
    this.clock.advance(1);
  }

  send(msgType: string, msgSeqNum: number, connectionId = FIRST): void {
    this.acceptor.send({
      type: 'SendClientFix',
      client: 'desk',
      connectionId,
      msgSeqNum,
      msgType,
      body: encodeBody([]),
      possDup: false,
      timeUs: this.clock.wallUs(),
    });
    this.clock.advance(1);
  }

  kinds(): string[] {
    return this.proposed.map((command) => command.type);
  }
}

describe('FIX acceptor of a leader', () => {
  it('tells the ledger of a known client and its messages, in order, and writes what is committed', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    const bytes = Buffer.concat([scene.message('A', 1), Buffer.from('garbage\u0001'), scene.message('D', 2)]);
    for (const byte of bytes) line.connection.write(Buffer.from([byte]));
    scene.clock.advance(10);
    assert.deepEqual(scene.proposed[0], { type: 'ClientUp', client: 'desk', connectionId: FIRST });
    assert.deepEqual(
      scene.proposed.flatMap((command) =>
        command.type === 'ClientInbound' ? [parseMessage(command.bytes).msgType] : [],
      ),
      ['A', 'D'],
    );
    scene.send('A', 40);
    scene.send('8', 41, FIRST - 65_536);
    scene.send('8', 42);
    assert.deepEqual(line.heard, ['A40', '842']);
  });

  it('waits with everything for the lease, and resets the client when the lease stays lost', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line);
    scene.facts.leaseUs = 0;
    scene.send('A', 40);
    scene.clock.advance(50);
    assert.deepEqual(line.heard, []);
    scene.facts.leaseUs = 1000;
    scene.clock.advance(5);
    assert.deepEqual(line.heard, ['A40']);
    scene.facts.leaseUs = 0;
    scene.send('8', 41);
    scene.clock.advance(300);
    assert.equal(line.end, 'reset');
    assert.equal(scene.kinds().at(-1), 'ClientDown');
    assert.deepEqual(line.heard, ['A40']);
  });

  it('resets all clients at once when it steps down, and tells the ledger nothing more', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line);
    const before = scene.proposed.length;
    scene.facts.term = 0;
    scene.acceptor.retire();
    scene.clock.advance(5);
    assert.equal(line.end, 'reset');
    assert.equal(scene.proposed.length, before);
  });

  it('closes a connection as the ledger wants, after all that was committed before', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line);
    scene.facts.leaseUs = 0;
    scene.send('5', 41);
    scene.acceptor.close({ type: 'CloseClient', client: 'desk', connectionId: FIRST, reason: 'logout' });
    scene.facts.leaseUs = 1000;
    scene.clock.advance(10);
    assert.deepEqual(line.heard, ['541']);
    assert.equal(line.end, 'closed');
  });

  it('reports a lost client', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line);
    line.connection.resetAndDestroy();
    scene.clock.advance(5);
    assert.deepEqual(scene.proposed.at(-1), {
      type: 'ClientDown',
      client: 'desk',
      connectionId: FIRST,
      reason: 'reset ECONNRESET',
    });
  });

  it('drops the second connection of a client without a word', () => {
    const scene = new Scene().serve();
    scene.logon(scene.line());
    const second = scene.line();
    scene.logon(second, 31);
    scene.clock.advance(5);
    assert.deepEqual([second.heard, second.end], [[], 'closed']);
    assert.match(scene.refused[0] ?? '', /^already-logged-on/);
    assert.deepEqual(scene.kinds(), ['ClientUp', 'ClientInbound']);
  });

  it('resets a client whose message was not taken, because only gap recovery can bring it back', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line);
    scene.settle.at(-1)?.(false);
    scene.clock.advance(5);
    assert.equal(line.end, 'reset');
  });

  it('reads no further while too many commands are under way, and loses nothing', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    scene.logon(line, 1);
    for (let seq = 2; seq <= 1001; seq += 1) line.connection.write(scene.message('D', seq));
    scene.clock.advance(50);
    assert.ok(scene.proposed.length <= 258, `${scene.proposed.length} are under way`);
    for (let at = 0; at < scene.settle.length; at += 1) {
      scene.settle[at]?.(true);
      scene.clock.advance(1);
    }
    const seqs = scene.proposed.flatMap((one) =>
      one.type === 'ClientInbound' ? [parseMessage(one.bytes).msgSeqNum] : [],
    );
    assert.deepEqual(
      seqs,
      Array.from({ length: 1001 }, (_, at) => at + 1),
    );
  });
});

describe('FIX acceptor of a node that does not lead', () => {
  it('tells a known client who leads, under the number that the client expects, and closes', () => {
    const scene = new Scene();
    scene.facts.term = 0;
    scene.acceptor.follow('n1 does not lead; n2 leads, connect to n2:9881');
    const first = scene.line();
    scene.logon(first, 30);
    const second = scene.line();
    scene.logon(second, 32);
    scene.clock.advance(5);
    assert.deepEqual(first.heard, ['540 n1 does not lead; n2 leads, connect to n2:9881']);
    assert.deepEqual(second.heard, ['542 n1 does not lead; n2 leads, connect to n2:9881']);
    assert.deepEqual([first.end, second.end], ['closed', 'closed']);
    assert.deepEqual(scene.proposed, []);
  });

  it('says nothing that could be counted to a client that may miss a message: some engines count every Logout, and Rejects', () => {
    const scene = new Scene();
    Object.assign(scene.session, { mayMiss: true });
    scene.acceptor.follow('n2 leads');
    const answers = [[], [[789, 39]], [[789, 40]], [[141, 'Y']]].map((fields) => {
      const line = scene.line();
      line.connection.write(scene.message('A', 30, 'DESK', encodeBody(fields as [number, string | number][])));
      scene.clock.advance(5);
      assert.equal(line.end, 'closed');
      return line.heard;
    });
    assert.deepEqual(answers, [['31dup n2 leads'], ['31dup n2 leads'], ['540 n2 leads'], ['51 n2 leads']]);
  });

  it('keeps a Logon until it knows: it serves when it is elected, and turns away when another one is', () => {
    const elected = new Scene();
    const mine = elected.line();
    elected.logon(mine);
    assert.deepEqual([elected.proposed, mine.heard, mine.end], [[], [], '']);
    elected.acceptor.lead(7);
    assert.deepEqual(elected.proposed, []);
    elected.acceptor.announce();
    assert.deepEqual(elected.kinds(), ['ClientUp', 'ClientInbound']);
    const other = new Scene();
    const line = other.line();
    other.logon(line);
    other.acceptor.follow('n2 leads');
    other.clock.advance(5);
    assert.deepEqual(line.heard, ['540 n2 leads']);
  });

  it('tells a stranger nothing', () => {
    const scene = new Scene();
    scene.acceptor.follow('n2 leads');
    const line = scene.line();
    line.connection.write(scene.message('A', 1, 'STRANGER'));
    scene.clock.advance(5);
    assert.deepEqual([line.heard, line.end], [[], 'closed']);
    assert.match(scene.refused[0] ?? '', /^unknown-comp-id/);
  });
});

describe('FIX acceptor and strangers', () => {
  it('closes at the first byte that is not FIX, at a garbled or oversized first message, and at one that is no Logon', () => {
    const scene = new Scene().serve();
    const cases: (readonly [reason: string, bytes: Buffer])[] = [
      ['not-fix', Buffer.from('GET / HTTP/1.1\r\n')],
      ['garbled-before-logon', Buffer.from('8=FIX.4.4\u00019=9000\u0001')],
      ['first-message-not-logon', scene.message('D', 1)],
    ];
    for (const [reason, bytes] of cases) {
      const line = scene.line();
      line.connection.write(bytes);
      scene.clock.advance(5);
      assert.deepEqual([line.heard, line.end], [[], 'closed'], reason);
      assert.ok((scene.refused.at(-1) ?? '').startsWith(reason), reason);
    }
    assert.deepEqual(scene.proposed, []);
  });

  it('drops who logs on with the certificate of another CompID, without a word, and serves the right one', () => {
    const scene = new Scene().serve();
    scene.certificates.set('desk', 'desk.test');
    scene.network.certificateNames = (host) => (host === 'client' ? ['x.test', 'desk.test'] : ['desk.test.evil']);
    for (const host of ['thief', 'other']) {
      const line = scene.line(host);
      scene.logon(line);
      scene.clock.advance(5);
      assert.deepEqual([line.heard, line.end], [[], 'closed']);
      assert.match(
        scene.refused.at(-1) ?? '',
        /^wrong-certificate client desk must show .* desk.test; .*desk.test.evil/,
      );
    }
    assert.deepEqual(scene.proposed, []);
    scene.logon(scene.line());
    assert.deepEqual(scene.kinds(), ['ClientUp', 'ClientInbound']);
  });

  it('gives them 5 seconds', () => {
    const scene = new Scene().serve();
    const line = scene.line();
    line.connection.write(Buffer.from('8=FI'));
    scene.clock.advance(4_900);
    assert.equal(line.end, '');
    scene.clock.advance(200);
    assert.equal(line.end, 'closed');
  });

  it('bounds their number for one address and in total', () => {
    const scene = new Scene().serve();
    const near = Array.from({ length: 20 }, () => scene.line('near'));
    assert.equal(near.filter((line) => line.end !== '').length, 4);
    const far = Array.from({ length: 60 }, (_, n) => scene.line(`far${n}`));
    assert.equal(far.filter((line) => line.end !== '').length, 12);
    for (const line of near) line.connection.end();
    scene.clock.advance(10);
    const known = scene.line('far1');
    scene.logon(known);
    assert.deepEqual(scene.kinds(), ['ClientUp', 'ClientInbound']);
  });
});
