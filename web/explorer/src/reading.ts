// Reading of unknown JSON into known shapes, and why there may be nothing to read.

/** Why there is no answer: the node is away, it refused, or what it said has another shape. */
export type Failure = 'unreachable' | 'refused' | 'shape';

export class ApiError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    readonly status: number | null = null,
    readonly title: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

// A path such as "items[3].window" names what was wrong.

export type Json = Record<string, unknown>;
export type Read<T> = (value: unknown, path: string) => T;

function wrong(path: string, wanted: string): never {
  throw new ApiError('shape', `${path || 'answer'} is not ${wanted}`);
}

export function object(value: unknown, path: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : wrong(path, 'an object');
}

export const text: Read<string> = (value, path) =>
  typeof value === 'string' ? value : wrong(path, 'text');

export const integer: Read<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : wrong(path, 'an integer');

export function list<T>(read: Read<T>): Read<T[]> {
  return (value, path) => Array.isArray(value)
    ? value.map((item, i) => read(item, `${path}[${i}]`))
    : wrong(path, 'a list');
}

/** Absent or null becomes null; anything else must have the shape. */
export function maybe<T>(read: Read<T>): Read<T | null> {
  return (value, path) => (value === undefined || value === null ? null : read(value, path));
}

export function or<T>(read: Read<T>, otherwise: T): Read<T> {
  return (value, path) => maybe(read)(value, path) ?? otherwise;
}

function field<T>(from: Json, path: string, name: string, read: Read<T>): T {
  return read(from[name], path ? `${path}.${name}` : name);
}

/** Reads a record: each field by its own reader, in one declaration. */
export function record<T>(fields: { [K in keyof T]: Read<T[K]> }): Read<T> {
  return (value, path) => {
    const from = object(value, path);
    const result = {} as T;
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      result[name] = field(from, path, name, fields[name]);
    }
    return result;
  };
}

export const truth: Read<boolean> = (value) => value === true;
export const any: Read<unknown> = (value) => value ?? null;
