/** The tables of the dataset half: call journal, jobs, templates and cost, over an async client. */
package io.plotpalette.generator.tables;
