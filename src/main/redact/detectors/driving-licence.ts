import { namedValue } from './named-value.js';

/** Driving licence numbers after a word that says so: US states' forms, the DVLA's sixteen characters, others with digits. */
export const drivingLicenceDetector = namedValue({
  id: 'driving-licence',
  entity: 'DRIVING_LICENCE',
  anchors: ['driver', 'driving', 'licen', 'dl#', 'dl no', 'dl:', 'hrerschein', 'permis'],
  words:
    "(?:driver'?s?|driver’s|driving)[ _-]?licen[cs]e(?:[ _-]?(?:no|num(?:ber)?|id|#))?\\.?|licen[cs]e[ _-](?:no|num(?:ber)?|#)\\.?|dl(?:#| no\\.?|(?=:))|hrerschein(?:nummer)?|permis de conduire",
  value:
    '[A-Z]{1,3}[- ]?\\d{3,4}[- ]\\d{3,4}[- ]\\d{2,4}(?:[- ]\\d{1,4})?|[A-Z]{1,5}\\d{4,14}[A-Z0-9]{0,5}|\\d{7,12}|[A-Z9]{5}\\d{6}[A-Z9]{2}\\d[A-Z]{2}',
});
