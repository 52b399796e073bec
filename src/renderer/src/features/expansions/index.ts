export { ExpandDialog } from './ExpandDialog.js';
