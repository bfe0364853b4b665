// The same work through jspurefix (MIT), from a folder where it was installed: one
// ExecutionReport parsed to its view and to an object, one NewOrderSingle encoded.
// It checks neither BodyLength nor CheckSum while parsing to a view.

import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

export interface PeerCase {
  readonly name: string;
  readonly act: () => unknown;
}

/** What we use of the library, as far as we use it. */
interface Container {
  resolve(token: unknown): never;
}
interface View {
  toObject(): unknown;
}
interface Parser {
  on(event: 'msg', listener: (msgType: string, view: View) => void): void;
  parseBuffer(bytes: Buffer): void;
}
interface Transmitter {
  encodeMessage(msgType: string, body: object): unknown;
  readonly buffer: { readonly copy: () => Buffer };
}
interface Config {
  definitions: unknown;
  delimiter: number;
  logDelimiter: number;
  readonly sessionContainer: Container;
}

const ORDER = {
  ClOrdID: 'B3K9-100000001',
  HandlInst: '1',
  Instrument: { Symbol: 'BTC-USD' },
  Side: '1',
  TransactTime: new Date(1_795_428_000_122),
  OrderQtyData: { OrderQty: 12.5 },
  OrdType: '2',
  Price: 64_250.25,
  TimeInForce: '1',
};

/** The cases, ready to be timed. */
export async function jspurefixCases(folder: string, report: Buffer): Promise<PeerCase[]> {
  const home = join(resolve(folder), 'node_modules', 'jspurefix');
  const load = createRequire(join(home, 'package.json'));
  load('reflect-metadata');
  const from = (path: string) => load(join(home, 'dist', path));
  const { DITokens } = from('runtime/di-tokens.js');
  const { makeSessionScope } = from('runtime/session-scope.js');
  const { AsciiParser } = from('buffer/ascii/ascii-parser.js');
  const { AsciiMsgTransmitter } = from('transport/ascii/ascii-msg-transmitter.js');
  const system = new (from('runtime/index.js').SessionContainer)();
  system.registerGlobal('error');
  const container: Container = await system.makeSystem(load(join(home, 'data/session/test-initiator.json')));
  const config = container.resolve(DITokens.IJsFixConfig) as Config;
  config.definitions = await new (from('util/index.js').DefinitionFactory)().getDefinitions(
    join(home, 'data/FIX44.xml'),
  );
  config.delimiter = 1;

  const parserWith = (listener: (view: View) => void): Parser => {
    const scope: Config = makeSessionScope(config);
    const inner = scope.sessionContainer;
    const parser: Parser = new AsciiParser(
      scope,
      null,
      inner.resolve(DITokens.ParseBuffer),
      inner.resolve(DITokens.maxMessageLen),
    );
    parser.on('msg', (_, view) => listener(view));
    return parser;
  };
  let last: unknown;
  const toView = parserWith((view) => {
    last = view;
  });
  const toObject = parserWith((view) => {
    last = view.toObject();
  });
  const transmitter: Transmitter = new AsciiMsgTransmitter(makeSessionScope(config));
  const parse = (parser: Parser) => () => {
    last = undefined;
    parser.parseBuffer(report);
    if (last === undefined) {
      throw new Error('jspurefix did not parse the report');
    }
    return last;
  };
  return [
    { name: 'jspurefix: ExecutionReport to a view', act: parse(toView) },
    { name: 'jspurefix: ExecutionReport to an object', act: parse(toObject) },
    { name: 'jspurefix: NewOrderSingle encoded', act: () => transmitter.encodeMessage('D', ORDER) },
  ];
}
