export type { Address } from './address.ts';
export type { Clock, Timer } from './clock.ts';
export { type CloseReason, TlsFailure } from './close-reason.ts';
export {
  type Disk,
  type DiskCallback,
  DiskError,
  type DiskFile,
  type FolderLock,
  type OpenMode,
} from './disk.ts';
export {
  type Connection,
  type ConnectionHandlers,
  type Listener,
  type ListenOutcome,
  type Network,
  NetworkError,
} from './network.ts';
export type { Random } from './random.ts';
export { SteadyClock } from './steady-clock.ts';
export { type ClientTls, type ServerTls, TlsMaterialError } from './tls.ts';
