import assert from 'node:assert/strict';
import { it } from 'node:test';
import { printable } from './printable.ts';

const SOH = '\u0001';
const bytes = (...fields: string[]): Buffer => Buffer.from(fields.join(SOH) + SOH, 'latin1');

it('what is logged of a client shows no secret, whatever order, length or garbling its fields have', () => {
  const secret = 'S3CRET';
  const cases = [
    bytes('8=FIX.4.4', '35=A', `553=${secret}`, `554=${secret}`, `925=${secret}`, `5025=${secret}`),
    bytes('8=FIX.4.4', '95=13', `96=${secret}${SOH}${secret}`, '108=30'),
    bytes('8=FIX.4.4', '95=99999', `96=${secret}${SOH}${secret}`),
    bytes('8=FIX.4.4', '95=1', `96=${secret}`),
    bytes(`554=${secret}`),
  ];
  for (const message of cases) assert.doesNotMatch(printable(message), /S3CRET/);
  assert.equal(printable(cases[1] ?? bytes()), '8=FIX.4.4|95=13|96=***|108=30');
});

it('what is logged of a client cannot forge a line or move a cursor, and has a bounded length', () => {
  const line = printable(bytes('58=evil\r\n\u001b[2J', `1=${'x'.repeat(5000)}`));
  assert.match(line, /^58=evil\\x0d\\x0a\\x1b\[2J\|1=x+…$/);
  assert.ok(line.length < 500);
});
