import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Records } from './records.ts';
import type { VenueEventBody } from './venue-event.ts';

const AT = { monotonicUs: 0, wallUs: 0 };

function message(msgType: string): VenueEventBody {
  const [possDup, clOrdId] = [false, null];
  return { type: 'message', connectionId: 1, compId: 'BATON', msgType, msgSeqNum: 1, possDup, clOrdId };
}

test('the revision of the books stands still while it is only asked, and moves with everything else', () => {
  const records = new Records();
  for (const msgType of ['0', '1', 'H', 'AF', 'AD', 'AN']) records.event(message(msgType), AT);
  assert.equal(records.revision, 6);
  assert.equal(records.booksRevision, 0);
  for (const msgType of ['A', 'D', '2', '5']) records.event(message(msgType), AT);
  records.event({ type: 'admin', action: 'drop' }, AT);
  assert.equal(records.revision, 11);
  assert.equal(records.booksRevision, 5);
});
