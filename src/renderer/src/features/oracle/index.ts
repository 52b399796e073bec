export { OraclePage } from './OraclePage.js';
