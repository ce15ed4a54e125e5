// Addresses inside the page: everything behind '#', so that a reload or a shared link finds it.

export type Route =
  | { view: 'overview' }
  | { view: 'blocks' }
  | { view: 'block'; height: string }
  | { view: 'transactions'; kind: string; outcome: string; company: string }
  | { view: 'transaction'; id: string }
  | { view: 'companies' }
  | { view: 'trips' }
  | { view: 'trip'; id: string }
  | { view: 'settlements' }
  | { view: 'settlement'; period: string }
  | { view: 'evidences' }
  | { view: 'evidence'; id: string }
  | { view: 'unknown'; hash: string };

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [view, id, ...rest] = parts;
  if (parts.includes(null) || rest.length > 0) {
    return { view: 'unknown', hash };
  }
  const query = new URLSearchParams(search);
  const one = id ?? undefined;
  switch (view) {
    case undefined:
      return { view: 'overview' };
    case 'blocks':
      return one === undefined ? { view } : { view: 'block', height: one };
    case 'transactions':
      return one === undefined
        ? {
            view,
            kind: query.get('kind') ?? '',
            outcome: query.get('outcome') ?? '',
            company: query.get('company') ?? '',
          }
        : { view: 'transaction', id: one };
    case 'trips':
      return one === undefined ? { view } : { view: 'trip', id: one };
    case 'settlements':
      return one === undefined ? { view } : { view: 'settlement', period: one };
    case 'evidence':
      return one === undefined ? { view: 'evidences' } : { view, id: one };
    case 'companies':
      return one === undefined ? { view } : { view: 'unknown', hash };
    default:
      return { view: 'unknown', hash };
  }
}

/** The address of a thing: ['blocks', 12] → "#/blocks/12". */
export function link(parts: (string | number)[], query: Record<string, string> = {}): string {
  const filled = Object.entries(query).filter(([, value]) => value !== '');
  const tail = new URLSearchParams(filled).toString();
  const path = parts.map((part) => encodeURIComponent(String(part))).join('/');
  return tail === '' ? `#/${path}` : `#/${path}?${tail}`;
}
