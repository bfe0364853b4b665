/**
 * Copies of a core, so that an explorer may go on from one state in many ways. Objects of our classes, arrays, maps and
 * sets are copied; entries, messages, configurations and bytes are shared, because the core never changes them.
 */
function copy(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const array: unknown[] = [];
    seen.set(value, array);
    for (const item of value) array.push(copy(item, seen));
    return array;
  }
  if (value instanceof Map) {
    const map = new Map();
    seen.set(value, map);
    for (const [key, item] of value) map.set(key, copy(item, seen));
    return map;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null || ArrayBuffer.isView(value)) return value;
  const object = Object.create(prototype) as Record<string, unknown>;
  seen.set(value, object);
  const source = value as Record<string, unknown>;
  for (const key of Object.keys(source)) object[key] = copy(source[key], seen);
  return object;
}

/** A deep copy in the sense above. */
export function cloneCore<T extends object>(value: T): T {
  return copy(value, new Map()) as T;
}
