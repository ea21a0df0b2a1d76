/**
 * The operators around the pure logic: they do what it asks for, on other threads where that takes
 * time, and keep its state.
 */
package io.plotpalette.generator.operators;
