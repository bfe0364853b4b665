// A data dictionary: which fields exist, their types and values, and which
// messages may carry them. Plain data, made by loadDictionary from the XML
// format in which venues publish theirs.

export interface FieldDefinition {
  readonly tag: number;
  readonly name: string;
  /** Type name as in the dictionary, upper case: 'PRICE', 'CHAR', 'NUMINGROUP' … */
  readonly type: string;
  /** Allowed values; undefined when any value of the type will do. */
  readonly values: ReadonlySet<string> | undefined;
}

/** Fields allowed in a message, a header, a trailer or one entry of a group. */
export interface FieldSet {
  /** Tag → is it required? Holds the count fields of groups, not the groups' members. */
  readonly fields: ReadonlyMap<number, boolean>;
  readonly groups: ReadonlyMap<number, GroupDefinition>;
}

export interface GroupDefinition extends FieldSet {
  readonly countTag: number;
  /** First field of every entry. */
  readonly delimiterTag: number;
}

export interface MessageDefinition extends FieldSet {
  readonly msgType: string;
  readonly name: string;
  /** 'admin' or 'app'. */
  readonly category: string;
}

export interface ProtocolDictionary {
  /** 'FIX.4.4', 'FIXT.1.1', 'FIX.5.0SP2'. */
  readonly version: string;
  readonly fields: ReadonlyMap<number, FieldDefinition>;
  readonly header: FieldSet;
  readonly trailer: FieldSet;
  readonly messages: ReadonlyMap<string, MessageDefinition>;
}

/** What a session validates with. For FIX 4.x `session` and `application` are the same dictionary. */
export interface Dictionary {
  /** Header, trailer and session messages. */
  readonly session: ProtocolDictionary;
  /** Application messages. */
  readonly application: ProtocolDictionary;
  /** Refuse fields without a value (373=4). Default true. */
  readonly checkFieldsHaveValues?: boolean | undefined;
  /** Accept unknown tags from 5000 up. Default false. */
  readonly allowUserDefinedFields?: boolean | undefined;
}
