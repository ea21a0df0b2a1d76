/** Amounts of US dollars without rounding errors: whole nano-USD inside, decimal text outside. */
package io.plotpalette.model.money;
