import { listOf } from '../../ground/list.js';
import { ageDetectors } from './age.js';
import { apiKeyDetectors } from './api-keys.js';
import { assignmentDetector } from './assignment.js';
import { awsSecretDetector } from './aws-secret.js';
import { bearerDetector } from './bearer.js';
import { connectionStringDetector } from './connection-string.js';
import { cookieDetector } from './cookie.js';
import { creditCardDetector } from './credit-card.js';
import { cryptoAddressDetectors } from './crypto-address.js';
import { dateOfBirthDetector } from './date-of-birth.js';
import { dateTimeDetector } from './date-time.js';
import { discordDetector } from './discord.js';
import { drivingLicenceDetector } from './driving-licence.js';
import { emailDetector } from './email.js';
import { formOfAddressDetector, occupationDetector } from './form-of-address.js';
import { gpsDetectors } from './gps.js';
import { healthIdDetector } from './health-id.js';
import { highEntropyDetector } from './high-entropy.js';
import { ibanDetector } from './iban.js';
import { introducedPersonDetector } from './introduced-person.js';
import { ipAddressDetectors } from './ip-address.js';
import { jwkDetector } from './jwk.js';
import { jwtDetector } from './jwt.js';
import { locationDetector } from './location.js';
import { macAddressDetector } from './mac-address.js';
import { nationalIdDetectors } from './national-id.js';
import { nationalityDetector } from './nationality.js';
import { organisationDetector } from './organisation.js';
import { passportDetector } from './passport.js';
import { passwordCommandDetector } from './password-command.js';
import { personDetector } from './person.js';
import { phoneDetector } from './phone.js';
import { postalAddressDetectors } from './postal-address.js';
import { privateKeyDetector } from './private-key.js';
import { randomKeyDetector } from './random-key.js';
import { ssnDetector } from './ssn.js';
import { structuredTokenDetectors } from './structured-tokens.js';
import type { Detector } from './types.js';
import { urlDetector } from './url.js';
import { urlParameterDetector } from './url-parameter.js';
import { netrcDetector, passwordOptionDetector, userOptionDetector } from './user-option.js';
import { userPathDetector } from './user-path.js';
import { vendorSecretDetector } from './vendor-secret.js';

/** Every detector. Their order means nothing: conflicts go by confidence, then length. */
export const detectors: readonly Detector[] = listOf('detectors', [
  ...ageDetectors,
  ...apiKeyDetectors,
  ...structuredTokenDetectors,
  assignmentDetector,
  awsSecretDetector,
  bearerDetector,
  connectionStringDetector,
  cookieDetector,
  creditCardDetector,
  ...cryptoAddressDetectors,
  dateOfBirthDetector,
  dateTimeDetector,
  discordDetector,
  drivingLicenceDetector,
  emailDetector,
  formOfAddressDetector,
  occupationDetector,
  ...gpsDetectors,
  healthIdDetector,
  highEntropyDetector,
  ibanDetector,
  introducedPersonDetector,
  ...ipAddressDetectors,
  jwkDetector,
  jwtDetector,
  locationDetector,
  macAddressDetector,
  ...nationalIdDetectors,
  nationalityDetector,
  organisationDetector,
  passportDetector,
  passwordCommandDetector,
  personDetector,
  phoneDetector,
  ...postalAddressDetectors,
  privateKeyDetector,
  randomKeyDetector,
  ssnDetector,
  urlDetector,
  urlParameterDetector,
  netrcDetector,
  passwordOptionDetector,
  userOptionDetector,
  userPathDetector,
  vendorSecretDetector,
]);
