// Runs before the first paint, so that a page the reader wants dark never flashes light.
import { remember } from './diagnosis/theme.js';

remember();
// What can be opened by script alone is shut by script alone.
document.documentElement.classList.add('scripted');
