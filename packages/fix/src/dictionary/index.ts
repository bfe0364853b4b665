// Dictionaries from XML files. An entry of its own, because it brings an XML parser along: a trading core that validates
// by no dictionary, or is handed one as plain data, does not load it.

export { DictionaryError, loadDictionary, loadProtocolDictionary } from './dictionary-xml.ts';
