/**
 * Commands of the leader's gateway and acceptor: connections come, go and bring messages; leaders change; time passes.
 * Their fields and their bytes.
 */
import type { CommandFields } from './command-fields.ts';
import { CommandKind } from './command-kind.ts';
import { choice } from './configuration-encoding.ts';
import type { MsgpackWriter } from './msgpack-writer.ts';

const GATEWAYS = [0, 1] as const;

export type SessionCommand =
  /** A new leader's first command in its term: the barrier. Every older connection is void, the gate is closed. */
  | {
      readonly type: 'TakeoverStarted';
      readonly node: number;
      /** What the node saw of its predecessor's end, for the report. */
      readonly cause?: string;
    }
  /** The leader's gateway connected, lost a connection, received one framed message (checksum verified). */
  | {
      readonly type: 'TransportUp';
      readonly venue: string;
      readonly connectionId: number;
      /** Which of the venue's gateways: 0 (also when left out) or 1. */
      readonly gateway?: 0 | 1;
    }
  | { readonly type: 'TransportDown'; readonly venue: string; readonly connectionId: number; readonly reason: string }
  | { readonly type: 'InboundFix'; readonly venue: string; readonly connectionId: number; readonly bytes: Uint8Array }
  /** Time passes: heartbeats, timeouts, ageing. Proposed by the leader when `Ledger.nextDeadlineUs()` is due. */
  | { readonly type: 'Tick' }
  /** Logs the venues' sessions out in an orderly way (Logout) before a planned stop. */
  | { readonly type: 'LogoutSessions'; readonly reason: string }
  /** A client of that identity has connected to the leader; its Logon follows. Its connection ended; it sent a message. */
  | { readonly type: 'ClientUp'; readonly client: string; readonly connectionId: number }
  | { readonly type: 'ClientDown'; readonly client: string; readonly connectionId: number; readonly reason: string }
  | {
      readonly type: 'ClientInbound';
      readonly client: string;
      readonly connectionId: number;
      readonly bytes: Uint8Array;
    };

export function writeSessionCommand(to: MsgpackWriter, command: SessionCommand): void {
  const head = (count: number): MsgpackWriter => to.array(count).integer(CommandKind[command.type]);
  switch (command.type) {
    case 'InboundFix':
      head(4).text(command.venue).integer(command.connectionId).bytes(command.bytes);
      return;
    case 'ClientInbound':
      head(4).text(command.client).integer(command.connectionId).bytes(command.bytes);
      return;
    case 'TransportUp':
      head(command.gateway === undefined ? 3 : 4)
        .text(command.venue)
        .integer(command.connectionId);
      if (command.gateway !== undefined) to.integer(command.gateway);
      return;
    case 'TransportDown':
      head(4).text(command.venue).integer(command.connectionId).text(command.reason);
      return;
    case 'ClientUp':
      head(3).text(command.client).integer(command.connectionId);
      return;
    case 'ClientDown':
      head(4).text(command.client).integer(command.connectionId).text(command.reason);
      return;
    case 'TakeoverStarted':
      head(command.cause === undefined ? 2 : 3).integer(command.node);
      if (command.cause !== undefined) to.text(command.cause);
      return;
    case 'LogoutSessions':
      head(2).text(command.reason);
      return;
    case 'Tick':
      head(1);
  }
}

/** Undefined for a kind of another family. */
export function readSessionCommand(fields: CommandFields): SessionCommand | undefined {
  const { from } = fields;
  switch (fields.kind) {
    case CommandKind.InboundFix:
      fields.expect(4);
      return {
        type: 'InboundFix',
        venue: fields.name(),
        connectionId: from.natural(),
        bytes: fields.fixMessage(),
      };
    case CommandKind.ClientInbound:
      fields.expect(4);
      return {
        type: 'ClientInbound',
        client: fields.name(),
        connectionId: from.natural(),
        bytes: fields.fixMessage(),
      };
    case CommandKind.TransportUp:
      if (fields.count !== 4) fields.expect(3);
      return {
        type: 'TransportUp',
        venue: fields.name(),
        connectionId: from.natural(),
        ...(fields.count === 4 ? { gateway: choice(from, GATEWAYS) } : {}),
      };
    case CommandKind.TransportDown:
      fields.expect(4);
      return {
        type: 'TransportDown',
        venue: fields.name(),
        connectionId: from.natural(),
        reason: fields.reason(),
      };
    case CommandKind.ClientUp:
      fields.expect(3);
      return { type: 'ClientUp', client: fields.name(), connectionId: from.natural() };
    case CommandKind.ClientDown:
      fields.expect(4);
      return {
        type: 'ClientDown',
        client: fields.name(),
        connectionId: from.natural(),
        reason: fields.reason(),
      };
    case CommandKind.TakeoverStarted:
      if (fields.count !== 3) fields.expect(2);
      return {
        type: 'TakeoverStarted',
        node: from.natural(),
        ...(fields.count === 3 ? { cause: fields.reason() } : {}),
      };
    case CommandKind.LogoutSessions:
      fields.expect(2);
      return { type: 'LogoutSessions', reason: fields.reason() };
    case CommandKind.Tick:
      fields.expect(1);
      return { type: 'Tick' };
    default:
      return undefined;
  }
}
