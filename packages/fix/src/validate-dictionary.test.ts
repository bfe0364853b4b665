// What a dictionary refuses, rule by rule, with a dictionary small enough to read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DictionaryError, loadDictionary, loadProtocolDictionary } from './dictionary/dictionary-xml.ts';
import { hasFormat, isAllowedValue } from './field-format.ts';
import { parseMessage } from './message.ts';
import { validateDictionary } from './validate-dictionary.ts';

const XML = `<?xml version='1.0'?>
<fix type='FIX' major='4' minor='4' servicepack='0'>
  <header>
    <field name='BeginString' required='Y'/><field name='BodyLength' required='Y'/><field name='MsgType' required='Y'/>
    <field name='MsgSeqNum' required='Y'/>
    <group name='NoHops' required='N'><field name='HopCompID' required='N'/></group>
  </header>
  <trailer><field name='CheckSum' required='Y'/></trailer>
  <messages>
    <message name='Order' msgtype='D' msgcat='app'>
      <field name='ClOrdID' required='Y'/>
      <component name='Instrument' required='Y'/>
      <component name='Extra' required='N'/>
      <field name='Side' required='N'/>
      <field name='ExecInst' required='N'/>
      <group name='NoParties' required='N'>
        <field name='PartyID' required='Y'/>
        <field name='PartyRole' required='N'/>
        <group name='NoSubs' required='N'><field name='SubID' required='Y'/></group>
      </group>
    </message>
  </messages>
  <components>
    <component name='Instrument'><field name='Symbol' required='Y'/></component>
    <component name='Extra'><field name='Text' required='Y'/></component>
  </components>
  <fields>
    <field number='8' name='BeginString' type='STRING'/><field number='9' name='BodyLength' type='LENGTH'/>
    <field number='35' name='MsgType' type='STRING'/><field number='34' name='MsgSeqNum' type='SEQNUM'/>
    <field number='10' name='CheckSum' type='STRING'/><field number='11' name='ClOrdID' type='STRING'/>
    <field number='55' name='Symbol' type='STRING'/><field number='58' name='Text' type='STRING'/>
    <field number='54' name='Side' type='CHAR'><value enum='1' description='BUY'/><value enum='2' description='SELL'/></field>
    <field number='18' name='ExecInst' type='MULTIPLEVALUESTRING'><value enum='6' description='A'/><value enum='G' description='B'/></field>
    <field number='44' name='Price' type='PRICE'/>
    <field number='453' name='NoParties' type='NUMINGROUP'/><field number='448' name='PartyID' type='STRING'/>
    <field number='452' name='PartyRole' type='INT'/><field number='802' name='NoSubs' type='NUMINGROUP'/>
    <field number='523' name='SubID' type='STRING'/><field number='627' name='NoHops' type='NUMINGROUP'/>
    <field number='628' name='HopCompID' type='STRING'/>
  </fields>
</fix>`;

const dictionary = loadDictionary(XML);

function judge(body: string, options = {}): unknown {
  const text = `8=FIX.4.4|9=1|35=D|34=1|${body}10=000|`.replaceAll('|', '\u0001');
  const cause = validateDictionary(parseMessage(Buffer.from(text)), { ...dictionary, ...options });
  return cause === undefined ? undefined : [cause.reason, cause.refTagId];
}

const SOUND = '11=A|55=X|';

test('a sound message has no fault', () => {
  assert.equal(judge(SOUND), undefined);
  assert.equal(judge(`${SOUND}54=1|58=hi|18=6 G|`), undefined);
  assert.equal(judge(`${SOUND}453=2|448=P|452=1|802=1|523=S|448=Q|54=2|`), undefined);
  assert.equal(judge(`627=1|628=H|${SOUND}`), undefined);
  assert.equal(judge(`${SOUND}453=0|54=1|`), undefined);
});

test('each fault is named with its reason and tag', () => {
  for (const [body, reason, tag] of [
    [`${SOUND}999=1|`, 0, 999],
    [`${SOUND}5001=1|`, 0, 5001],
    ['55=X|', 1, 11],
    ['11=A|', 1, 55],
    [`${SOUND}44=1|`, 2, 44],
    [`${SOUND}54=|`, 4, 54],
    [`${SOUND}54=3|`, 5, 54],
    [`${SOUND}18=6 X|`, 5, 18],
    [`${SOUND}54=12|`, 6, 54],
    [`${SOUND}453=x|`, 6, 453],
    [`${SOUND}11=B|`, 13, 11],
    ['11=A|34=1|55=X|', 14, 34],
    [`${SOUND}453=1|452=1|448=P|`, 15, 452],
    [`${SOUND}452=1|`, 15, 452],
    [`${SOUND}453=3|448=P|448=Q|`, 16, 453],
    [`${SOUND}453=1|448=P|802=2|523=S|`, 16, 802],
    [`${SOUND}453=1|448=P|448=Q|`, 16, 453],
    [`${SOUND}453=1|448=P|452=x|`, 6, 452],
  ] as const) {
    assert.deepEqual(judge(body), [reason, tag], body);
  }
});

test('an unknown message type is refused, whatever else is wrong', () => {
  const message = parseMessage(Buffer.from('8=FIX.4.4\u000135=ZZ\u0001'));
  assert.deepEqual(validateDictionary(message, dictionary), { reason: 11 });
});

test('empty values and tags from 5000 up can be allowed', () => {
  assert.equal(judge(`${SOUND}54=|`, { checkFieldsHaveValues: false }), undefined);
  assert.equal(judge(`${SOUND}5001=1|`, { allowUserDefinedFields: true }), undefined);
  assert.deepEqual(judge(`${SOUND}999=1|`, { allowUserDefinedFields: true }), [0, 999]);
});

test('a component requires its fields only where it is required itself', () => {
  const order = dictionary.application.messages.get('D')!;
  assert.equal(order.fields.get(55), true);
  assert.equal(order.fields.get(58), false);
});

test('a file that is no dictionary, or contradicts itself, is refused with what is wrong', () => {
  for (const [xml, why] of [
    ['<other/>', /<fix>/],
    [XML.replace("<field name='Side' required='N'/>", "<field name='Sid' required='N'/>"), /Sid/],
    [XML.replace("component name='Extra' required='N'", "component name='Extr' required='N'"), /Extr/],
    [XML.replace("number='44'", "number='x'"), /'x'/],
    [XML.replace("msgtype='D'", ''), /msgtype/],
    [
      XML.replace(
        "<field name='Text' required='Y'/></component>",
        "<component name='Extra' required='Y'/></component>",
      ),
      /contains itself/,
    ],
    [XML.replace('<trailer><field name=', '<trail><field name=').replace('</trailer>', '</trail>'), /trailer/],
  ] as const) {
    assert.throws(
      () => loadProtocolDictionary(xml),
      (error) => error instanceof DictionaryError && why.test(error.message),
    );
  }
  assert.throws(() => loadProtocolDictionary('<fix'));
});

test('every data type accepts its own syntax and refuses others', () => {
  for (const [type, good, bad] of [
    ['INT', ['0', '-5', '007'], ['', '+5', '1.0', '1e3', 'x']],
    ['PRICE', ['1', '-1.5', '.5', '23.', '002000.00'], ['+200.00', '1e5', 'NaN', '.', '1,5', '']],
    ['CHAR', ['A'], ['', 'AB']],
    ['BOOLEAN', ['Y', 'N'], ['y', '1', '']],
    ['UTCTIMESTAMP', ['20261123-10:00:00', '20261123-10:00:00.123456'], ['20040415', '20261123 10:00:00']],
    ['UTCTIMEONLY', ['10:00:00', '10:00:00.123'], ['10:00', '25:00:00']],
    ['LOCALMKTDATE', ['20261123'], ['2026-11-23', '20261323']],
    ['MONTHYEAR', ['202611', '20261123', '202611w2'], ['2026', '202611w9']],
    ['TZTIMEONLY', ['07:39Z', '02:39-05', '15:39:00+08:30'], ['7:39', 'x']],
    ['TZTIMESTAMP', ['20060901-07:39Z', '20060901-02:39:01.5-05'], ['20060901', '20061301-07:39Z']],
    ['STRING', ['anything', ''], []],
  ] as const) {
    for (const text of good) {
      assert.equal(hasFormat(type, text), true, `${type} ${text}`);
    }
    for (const text of bad) {
      assert.equal(hasFormat(type, text), false, `${type} ${text}`);
    }
  }
  assert.equal(isAllowedValue('MULTIPLECHARVALUE', new Set(['a', 'b']), 'a b'), true);
  assert.equal(isAllowedValue('STRING', new Set(['a', 'b']), 'a b'), false);
});
