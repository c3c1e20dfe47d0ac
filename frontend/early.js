// Runs before the first paint, so that a page the reader wants dark never flashes light.
import { remember } from './diagnosis/theme.js';

remember();
