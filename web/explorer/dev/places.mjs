// Who and what stands in the made-up network.
import { createHash } from 'node:crypto';

export const hash = (text) => createHash('sha256').update(text).digest('hex');
export const brl = (amount) => ({ amount, currency: 'BRL' });

export const companies = [
  ['br-axe', 'Axé Recarga'],
  ['br-mar', 'Maré Elétrica'],
  ['br-ser', 'Sertão Volts'],
].map(([id, name], i) => ({
  id,
  name,
  identityKey: hash(`identity ${id}`),
  votingKey: hash(`voting ${id}`),
  tlsKeyHash: hash(`tls ${id}`),
  locations: 3 + i,
  evses: 8 + 3 * i,
  member: true,
  legsAccepted: 14 + 5 * i,
  legsRefused: i,
  notYetKnown: { ignored: true },
}));
export const ids = companies.map((company) => company.id);
const places = [
  ['Posto Litoral Norte', 'Entre Rios, BA'],
  ['Praça do Rio Real', 'Estância, SE'],
  ['Parada do São Francisco', 'Propriá, SE'],
  ['Shopping das Dunas', 'Maceió, AL'],
  ['Ponto da Mata', 'Palmares, PE'],
  ['Recife Antigo', 'Recife, PE'],
];
export const locations = places.map(([name, city], i) => ({
  id: `${ids[i % 3]}/site-${i + 1}`,
  company: ids[i % 3],
  name,
  city,
  timeZone: 'America/Recife',
  evses: [1, 2].map((n) => ({
    id: `${ids[i % 3]}/site-${i + 1}-${n}`,
    status: n === 2 && i === 3 ? 'OUTOFORDER' : 'AVAILABLE',
    connectors: [
      {
        standard: n === 1 ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
        maxPowerW: n === 1 ? 120_000 : 22_000,
      },
    ],
  })),
}));
