// Reads a data dictionary from the QuickFIX XML format, in which venues publish
// theirs: <fix> with <header>, <trailer>, <messages>, <components>, <fields>.
// Components are expanded where they are used; a field that a component requires
// is required only where the component itself is.

import { parseXml, XmlElement } from '@rgrove/parse-xml';
import type {
  Dictionary,
  FieldDefinition,
  FieldSet,
  GroupDefinition,
  MessageDefinition,
  ProtocolDictionary,
} from '../dictionary.ts';

/** The XML is no dictionary, or contradicts itself. */
export class DictionaryError extends Error {
  readonly code = 'BATON_FIX_DICTIONARY';
  override readonly name = 'DictionaryError';
}

/** Components may nest this deep; deeper means that one contains itself. */
const COMPONENT_DEPTH_MAX = 32;

interface Source {
  readonly tags: ReadonlyMap<string, number>;
  readonly components: ReadonlyMap<string, XmlElement>;
}

interface MutableFieldSet {
  readonly fields: Map<number, boolean>;
  readonly groups: Map<number, GroupDefinition>;
}

/** Reads one XML file. Throws DictionaryError, or the XML parser's error with line and column. */
export function loadProtocolDictionary(xmlText: string): ProtocolDictionary {
  const root = parseXml(xmlText).root;
  if (root?.name !== 'fix') {
    throw new DictionaryError(
      `cannot read a FIX dictionary: the root element is <${root?.name ?? ''}>, expected <fix>`,
    );
  }
  const fields = readFields(child(root, 'fields'));
  const source: Source = {
    tags: new Map(Array.from(fields.values(), ({ name, tag }) => [name, tag])),
    components: new Map(
      elements(root, 'components')
        .flatMap(children)
        .map((item) => [attribute(item, 'name'), item]),
    ),
  };
  const messages = new Map<string, MessageDefinition>();
  for (const element of children(child(root, 'messages'))) {
    const msgType = attribute(element, 'msgtype');
    messages.set(msgType, {
      msgType,
      name: attribute(element, 'name'),
      category: element.attributes['msgcat'] ?? 'app',
      ...readFieldSet(element, source),
    });
  }
  return {
    version: versionOf(root),
    fields,
    header: readFieldSet(child(root, 'header'), source),
    trailer: readFieldSet(child(root, 'trailer'), source),
    messages,
  };
}

/**
 * A dictionary for a session's options. For FIX 4.x one XML file; for FIXT 1.1 the
 * transport's file and the application version's.
 */
export function loadDictionary(xmlText: string, applicationXmlText?: string): Dictionary {
  const session = loadProtocolDictionary(xmlText);
  const application = applicationXmlText === undefined ? session : loadProtocolDictionary(applicationXmlText);
  return { session, application };
}

function versionOf(root: XmlElement): string {
  const servicePack = root.attributes['servicepack'] ?? '0';
  const suffix = servicePack === '0' ? '' : `SP${servicePack}`;
  return `${root.attributes['type'] ?? 'FIX'}.${attribute(root, 'major')}.${attribute(root, 'minor')}${suffix}`;
}

function children(element: XmlElement): XmlElement[] {
  return element.children.filter((node): node is XmlElement => node instanceof XmlElement);
}

function elements(parent: XmlElement, name: string): XmlElement[] {
  return children(parent).filter((element) => element.name === name);
}

function child(parent: XmlElement, name: string): XmlElement {
  const found = elements(parent, name)[0];
  if (found === undefined) {
    throw new DictionaryError(`cannot read a FIX dictionary: <${parent.name}> has no <${name}>`);
  }
  return found;
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes[name];
  if (value === undefined) {
    throw new DictionaryError(
      `cannot read a FIX dictionary: <${element.name} name='${element.attributes['name'] ?? ''}'> has no ${name}`,
    );
  }
  return value;
}

function readFields(parent: XmlElement): Map<number, FieldDefinition> {
  const fields = new Map<number, FieldDefinition>();
  for (const element of children(parent)) {
    const tag = Number(attribute(element, 'number'));
    if (!Number.isSafeInteger(tag) || tag <= 0) {
      throw new DictionaryError(
        `cannot read a FIX dictionary: field ${attribute(element, 'name')} has number '${attribute(element, 'number')}', expected a whole number above 0`,
      );
    }
    const values = elements(element, 'value').map((value) => attribute(value, 'enum'));
    fields.set(tag, {
      tag,
      name: attribute(element, 'name'),
      type: attribute(element, 'type').toUpperCase(),
      values: values.length === 0 ? undefined : new Set(values),
    });
  }
  return fields;
}

function readFieldSet(parent: XmlElement, source: Source): FieldSet {
  const set: MutableFieldSet = { fields: new Map(), groups: new Map() };
  addMembers(parent, source, set, true, 0);
  return set;
}

function addMembers(parent: XmlElement, source: Source, set: MutableFieldSet, required: boolean, depth: number): void {
  if (depth > COMPONENT_DEPTH_MAX) {
    throw new DictionaryError(`cannot read a FIX dictionary: component ${attribute(parent, 'name')} contains itself`);
  }
  for (const element of children(parent)) {
    const name = attribute(element, 'name');
    const needed = required && element.attributes['required']?.toUpperCase() === 'Y';
    if (element.name === 'component') {
      const component = source.components.get(name);
      if (component === undefined) {
        throw new DictionaryError(`cannot read a FIX dictionary: component ${name} is used and not defined`);
      }
      addMembers(component, source, set, needed, depth + 1);
      continue;
    }
    const tag = source.tags.get(name);
    if (tag === undefined) {
      throw new DictionaryError(`cannot read a FIX dictionary: field ${name} is used and not defined`);
    }
    set.fields.set(tag, needed || set.fields.get(tag) === true);
    if (element.name === 'group') {
      set.groups.set(tag, readGroup(element, tag, source, depth));
    }
  }
}

function readGroup(element: XmlElement, countTag: number, source: Source, depth: number): GroupDefinition {
  const set: MutableFieldSet = { fields: new Map(), groups: new Map() };
  addMembers(element, source, set, true, depth + 1);
  const delimiterTag = set.fields.keys().next().value;
  if (delimiterTag === undefined) {
    throw new DictionaryError(`cannot read a FIX dictionary: group ${attribute(element, 'name')} has no fields`);
  }
  return { countTag, delimiterTag, fields: set.fields, groups: set.groups };
}
