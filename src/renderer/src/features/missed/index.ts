export { MissedValue } from './MissedValue.js';
