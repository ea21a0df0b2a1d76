/**
 * The finished dataset: reads the records a run has committed, puts them in the order of their
 * index, and writes them in every format asked for. The same input gives the same keys with the
 * same bytes, however often and wherever it was cut off.
 */
package io.plotpalette.generator.export;
