import { namedValue } from './named-value.js';

/** Numbers of patients, insurances and records after a word that names them (HIPAA Safe Harbor, 45 CFR 164.514(b)(2)). */
export const healthIdDetector = namedValue({
  id: 'health-id',
  entity: 'HEALTH_ID',
  anchors: [
    'mrn',
    'medical record',
    'medical_record',
    'medical-record',
    'patient',
    'health',
    'member',
    'beneficiary',
    'mbi',
    'npi',
    'krankenversicher',
  ],
  words:
    '(?:mrn|medical[ _-]record(?:[ _-](?:no|num(?:ber)?|id|#))?|patient[ _-]?(?:id|no|num(?:ber)?|#)|health[ _-]?(?:insurance|plan|card)[ _-]?(?:id|no|num(?:ber)?|#)?|member[ _-]?id|beneficiary[ _-]?(?:id|no|num(?:ber)?)|mbi|npi|krankenversicher(?:ten|ungs)nummer)\\.?',
  value: '[A-Z]{0,4}[- ]?\\d{5,12}|[A-Z]\\d{9}|\\d[A-Z][A-Z0-9]\\d-?[A-Z][A-Z0-9]\\d-?[A-Z]{2}\\d{2}',
});
