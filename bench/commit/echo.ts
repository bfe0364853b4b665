// The far end of the round-trip measurement.

import { ECHO_CHANNEL, type EchoSettings, echoWire } from './baseline.ts';

const wire = echoWire(
  2,
  JSON.parse(process.argv[2]!) as EchoSettings,
  () => {},
  (bytes) => {
    wire.sendBytes(1, ECHO_CHANNEL, bytes);
    wire.flush();
  },
);
process.on('disconnect', () => process.exit(0));
await wire.start();
