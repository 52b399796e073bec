import { apiKeyDetectors } from './api-keys.js';
import { assignmentDetector } from './assignment.js';
import { awsSecretDetector } from './aws-secret.js';
import { bearerDetector } from './bearer.js';
import { connectionStringDetector } from './connection-string.js';
import { cookieDetector } from './cookie.js';
import { creditCardDetector } from './credit-card.js';
import { cryptoAddressDetectors } from './crypto-address.js';
import { dateOfBirthDetector } from './date-of-birth.js';
import { discordDetector } from './discord.js';
import { drivingLicenceDetector } from './driving-licence.js';
import { emailDetector } from './email.js';
import { gpsDetectors } from './gps.js';
import { healthIdDetector } from './health-id.js';
import { ibanDetector } from './iban.js';
import { ipAddressDetectors } from './ip-address.js';
import { jwtDetector } from './jwt.js';
import { macAddressDetector } from './mac-address.js';
import { nationalIdDetectors } from './national-id.js';
import { passportDetector } from './passport.js';
import { phoneDetector } from './phone.js';
import { privateKeyDetector } from './private-key.js';
import { ssnDetector } from './ssn.js';
import { structuredTokenDetectors } from './structured-tokens.js';
import type { Detector } from './types.js';
import { urlDetector } from './url.js';
import { urlParameterDetector } from './url-parameter.js';
import { netrcDetector, passwordOptionDetector, userOptionDetector } from './user-option.js';
import { userPathDetector } from './user-path.js';
import { vendorSecretDetector } from './vendor-secret.js';

/** Every detector. Their order means nothing: conflicts go by confidence, then length. */
export const detectors: readonly Detector[] = [
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
  discordDetector,
  drivingLicenceDetector,
  emailDetector,
  ...gpsDetectors,
  healthIdDetector,
  ibanDetector,
  ...ipAddressDetectors,
  jwtDetector,
  macAddressDetector,
  ...nationalIdDetectors,
  passportDetector,
  phoneDetector,
  privateKeyDetector,
  ssnDetector,
  urlDetector,
  urlParameterDetector,
  netrcDetector,
  passwordOptionDetector,
  userOptionDetector,
  userPathDetector,
  vendorSecretDetector,
];
