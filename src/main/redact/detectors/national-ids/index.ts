import { arCuit } from './ar-cuit.js';
import { auMedicare } from './au-medicare.js';
import { auTfn } from './au-tfn.js';
import { beRijksregister } from './be-rijksregister.js';
import { brCpf } from './br-cpf.js';
import { caSin } from './ca-sin.js';
import { chAhv } from './ch-ahv.js';
import { clRut } from './cl-rut.js';
import { cnResidentId } from './cn-resident-id.js';
import { czRodneCislo } from './cz-rodne-cislo.js';
import { deSteuerId } from './de-steuer-id.js';
import { dkCpr } from './dk-cpr.js';
import { esDni } from './es-dni.js';
import { fiHetu } from './fi-hetu.js';
import { frNir } from './fr-nir.js';
import { gbNhs } from './gb-nhs.js';
import { gbNino } from './gb-nino.js';
import { grAmka } from './gr-amka.js';
import { hkId } from './hk-id.js';
import { iePps } from './ie-pps.js';
import { ilId } from './il-id.js';
import { inAadhaar } from './in-aadhaar.js';
import { inPan } from './in-pan.js';
import { itCodiceFiscale } from './it-codice-fiscale.js';
import { jpMyNumber } from './jp-my-number.js';
import { krRrn } from './kr-rrn.js';
import { mxCurp } from './mx-curp.js';
import type { NationalId } from './national-id.js';
import { nlBsn } from './nl-bsn.js';
import { noFodselsnummer } from './no-fodselsnummer.js';
import { plPesel } from './pl-pesel.js';
import { ptNif } from './pt-nif.js';
import { roCnp } from './ro-cnp.js';
import { sePersonnummer } from './se-personnummer.js';
import { sgNric } from './sg-nric.js';
import { trTckn } from './tr-tckn.js';
import { twId } from './tw-id.js';
import { usItin } from './us-itin.js';
import { zaId } from './za-id.js';

/** Every national number, each listed once. */
export const nationalIds: readonly NationalId[] = [
  arCuit,
  auMedicare,
  auTfn,
  beRijksregister,
  brCpf,
  caSin,
  chAhv,
  clRut,
  cnResidentId,
  czRodneCislo,
  deSteuerId,
  dkCpr,
  esDni,
  fiHetu,
  frNir,
  gbNhs,
  gbNino,
  grAmka,
  hkId,
  iePps,
  ilId,
  inAadhaar,
  inPan,
  itCodiceFiscale,
  jpMyNumber,
  krRrn,
  mxCurp,
  nlBsn,
  noFodselsnummer,
  plPesel,
  ptNif,
  roCnp,
  sePersonnummer,
  sgNric,
  trTckn,
  twId,
  usItin,
  zaId,
];
