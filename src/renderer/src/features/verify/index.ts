export { VerifyPage } from './VerifyPage.js';
