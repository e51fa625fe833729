/**
 * Imported before uPlot, which writes the numbers of axes in the language that the browser has when it is
 * loaded: the page is in English, decimal points and all, and WebKitGTK calls its language "C" where the
 * system has none, which `Intl` refuses.
 */

Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
