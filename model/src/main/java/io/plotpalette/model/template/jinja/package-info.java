/**
 * A subset of the Jinja language for prompts written by strangers. Everything a template can do is
 * in this package: no reflection, no class loading, no file and no method of a Java object can be
 * reached, because nothing here calls any. Names that are not in the tables of {@link
 * io.plotpalette.model.template.jinja.Filters}, {@link io.plotpalette.model.template.jinja.Tests},
 * {@link io.plotpalette.model.template.jinja.Functions} and {@link
 * io.plotpalette.model.template.jinja.Methods} are refused when the template is parsed; what a
 * rendering may use up is counted by {@link io.plotpalette.model.template.jinja.RenderBudget}.
 *
 * <p>Known differences from Jinja2 3.1, all of them on purpose:
 *
 * <ul>
 *   <li>Undefined is strict: using a value that is not there is an error, except under {@code
 *       default}, {@code is defined} and {@code is undefined}.
 *   <li>{@code order.items} is the field {@code items}; only {@code order.items()} is the method.
 *   <li>No {@code import}, {@code include}, {@code extends}, {@code block}, {@code autoescape},
 *       {@code do}, {@code break}, {@code continue}, recursive {@code for}, {@code varargs} and
 *       {@code kwargs}; nothing escapes HTML, so {@code tojson} leaves {@code <} and letters beyond
 *       ASCII as they are and keeps the order of the keys.
 *   <li>Whole numbers have 64 bits; going beyond is an error. The {@code %} operator works on
 *       numbers only, and a truth value is not a number in arithmetic.
 *   <li>Tuples are lists: they print in brackets and compare with lists.
 *   <li>The filters that choose at random choose by the job's seed, so the same record always
 *       renders the same text.
 * </ul>
 */
package io.plotpalette.model.template.jinja;
