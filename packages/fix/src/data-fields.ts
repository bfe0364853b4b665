// Data fields: their bytes may hold SOH, so a length field comes right before
// them and says how many bytes they have. FIX 4.4 volume 1, data type data.

/** Length field → data field. */
const DATA_OF_LENGTH: ReadonlyMap<number, number> = new Map([
  [90, 91], // SecureDataLen, SecureData
  [93, 89], // SignatureLength, Signature
  [95, 96], // RawDataLength, RawData
  [212, 213], // XmlDataLen, XmlData
  [348, 349], // EncodedIssuerLen, EncodedIssuer
  [350, 351], // EncodedSecurityDescLen, EncodedSecurityDesc
  [352, 353], // EncodedListExecInstLen, EncodedListExecInst
  [354, 355], // EncodedTextLen, EncodedText
  [356, 357], // EncodedSubjectLen, EncodedSubject
  [358, 359], // EncodedHeadlineLen, EncodedHeadline
  [360, 361], // EncodedAllocTextLen, EncodedAllocText
  [362, 363], // EncodedUnderlyingIssuerLen, EncodedUnderlyingIssuer
  [364, 365], // EncodedUnderlyingSecurityDescLen, EncodedUnderlyingSecurityDesc
  [445, 446], // EncodedListStatusTextLen, EncodedListStatusText
  [618, 619], // EncodedLegIssuerLen, EncodedLegIssuer
  [621, 622], // EncodedLegSecurityDescLen, EncodedLegSecurityDesc
  [1184, 1185], // SecurityXMLLen, SecurityXML
  [1277, 1278], // DerivativeEncodedIssuerLen, DerivativeEncodedIssuer
  [1280, 1281], // DerivativeEncodedSecurityDescLen, DerivativeEncodedSecurityDesc
  [1282, 1283], // DerivativeSecurityXMLLen, DerivativeSecurityXML
  [1397, 1398], // EncodedMktSegmDescLen, EncodedMktSegmDesc
  [1401, 1402], // EncryptedPasswordLen, EncryptedPassword
  [1403, 1404], // EncryptedNewPasswordLen, EncryptedNewPassword
]);

const HIGHEST_LENGTH_TAG = 1403;

/** Data tag by length tag, 0 elsewhere: an array, because the decoder asks once a field. */
const DATA_TAG = new Uint16Array(HIGHEST_LENGTH_TAG + 1);
const LENGTH_TAG = new Map<number, number>();
for (const [lengthTag, dataTag] of DATA_OF_LENGTH) {
  DATA_TAG[lengthTag] = dataTag;
  LENGTH_TAG.set(dataTag, lengthTag);
}

/** The data field that a length field announces; 0 when the tag is no length field. */
export function dataTagOf(lengthTag: number): number {
  return lengthTag <= HIGHEST_LENGTH_TAG ? DATA_TAG[lengthTag]! : 0;
}

/** The length field that must come before a data field; undefined when the tag is no data field. */
export function lengthTagOf(dataTag: number): number | undefined {
  return LENGTH_TAG.get(dataTag);
}
