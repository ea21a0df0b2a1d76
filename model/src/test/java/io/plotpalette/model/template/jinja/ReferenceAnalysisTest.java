package io.plotpalette.model.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceAnalysisTest {
  /** Template, then what it requires and what is optional, both as they are met. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '§',
      nullValues = "-",
      textBlock =
          """
          # Plain
          no fields at all § - § -
          {{ name }} § name § -
          {{ author.name }} § author author.name § -
          {{ author.home.city }} § author author.home author.home.city § -
          {{ author['name'] }} § author author.name § -
          {{ author["first name"] }} § author author.first name § -
          {{ books[0].title }} § books books[0] books[0].title § -
          {{ books[-1] }} § books books[-1] § -
          {{ books.0.title }} § books books[0] books[0].title § -
          {{ poem.text[:100] }} § poem poem.text § -
          {{ matrix[1][2] }} § matrix matrix[1] matrix[1][2] § -
          {{ a[b] }} § a b § -
          {{ a ~ b + c }} § a b c § -
          {{ [a, b] }}{{ {'k': c} }} § a b c § -
          {{ 'text' }}{{ 1 }}{{ none }} § - § -
          {# {{ a }} #}{% raw %}{{ b }}{% endraw %} § - § -
          # Filters and tests
          {{ name|upper }} § name § -
          {{ text|truncate(length, end=suffix) }} § text length suffix § -
          {{ text|replace(old, new) }} § text old new § -
          {{ names|join(separator) }} § names separator § -
          {{ day.notes|random_sentence }} § day day.notes § -
          {{ author.biography|writing_style }} § author author.biography § -
          {{ books|map(attribute='title')|join }} § books books[].title § -
          {{ books|map(attribute='author.name')|list }} § books books[].author.name § -
          {{ books|sum(attribute='pages') }} § books books[].pages § -
          {{ (books|sort(attribute='year')|first).title }} § books books[].year books[0] books[0].title § -
          {{ (books|selectattr('available')|list)[0].title }} § books books[].available books[0] books[0].title § -
          {{ (books|last).title }} § books books[-1] books[-1].title § -
          {{ x is divisibleby y }} § x y § -
          {{ x is none }} § x § -
          # Defaults and tests for being there
          {{ nick|default('none') }} § - § nick
          {{ nick|d(name) }} § name § nick
          {{ nick|default(other|default('x')) }} § - § nick other
          {{ author.nick|default('none') }} § author § author.nick
          {{ nick|upper|default('x') }} § nick § -
          {% if nick is defined %}{{ nick }}{% endif %} § - § nick
          {% if nick is undefined %}none{% else %}{{ nick }}{% endif %} § - § nick
          {% if nick is not defined %}none{% else %}{{ nick.short }}{% endif %} § - § nick nick.short
          {% if not nick is defined %}none{% else %}{{ nick }}{% endif %} § - § nick
          {% if a is defined and b is defined %}{{ a }}{{ b }}{% endif %} § - § a b
          {% if a is defined or b is defined %}{{ a }}{% endif %} § a § b
          {% if a is defined and a > 3 %}x{% endif %} § - § a
          {{ a if a is defined else 'x' }} § - § a
          {{ a is defined and a }} § - § a
          {{ a is undefined or a }} § - § a
          {% if nick is defined %}x{% endif %}{{ nick }} § nick § -
          {% if c %}{{ a }}{% elif d %}{{ b }}{% else %}{{ e }}{% endif %} § c a d b e § -
          {% for b in books|default([]) %}{{ b.title }}{% endfor %} § - § books books[].title
          {{ books|selectattr('year', 'defined')|list }} § books § books[].year
          {{ books|map(attribute='year', default=0)|list }} § books § books[].year
          # Loops
          {% for b in books %}{{ b.title }}{% endfor %} § books books[].title § -
          {% for b in books %}{{ b }}{{ loop.index }}{% endfor %} § books § -
          {% for b in books if b.year > min %}{{ b.title }}{% else %}{{ none_text }}{% endfor %} § books books[].year min books[].title none_text § -
          {% for b in books if b.title is defined %}{{ b.title }}{% endfor %} § books § books[].title
          {% for b in author.books %}{% for c in b.chapters %}{{ c.name }}{% endfor %}{% endfor %} § author author.books author.books[].chapters author.books[].chapters[].name § -
          {% for k, v in scores.items() %}{{ k }}{{ v.points }}{% endfor %} § scores scores.*.points § -
          {% for k, v in scores|dictsort %}{{ v }}{% endfor %} § scores § -
          {% for city, people in users|groupby('city') %}{% for p in people %}{{ p.name }}{% endfor %}{% endfor %} § users users[].city users[].name § -
          {% for row in books|batch(2) %}{% for b in row %}{{ b.title }}{% endfor %}{% endfor %} § books books[].title § -
          {% for i in range(count) %}{{ i }}{% endfor %} § count § -
          {% for b in books %}x{% endfor %}{{ b }} § books b § -
          {% for b in books[1:] %}{{ b.title }}{% endfor %} § books books[].title § -
          {% for a, b in pairs %}{{ a.x }}{% endfor %} § pairs pairs[][0] pairs[][0].x § -
          # Variables of the template
          {% set x = 1 %}{{ x }} § - § -
          {% set p = poem %}{{ p.text }} § poem poem.text § -
          {% set x = x + 1 %}{{ x }} § x § -
          {% set t %}{{ title }}{% endset %}{{ t }} § title § -
          {% set a, b = pair %}{{ a }} § pair[0] § -
          {% if c %}{% set x = 1 %}{% endif %}{{ x }} § c x § -
          {% if c %}{% set x = 1 %}{% else %}{% set x = y %}{% endif %}{{ x }} § c y § -
          {% for i in items %}{% set x = i %}{% endfor %}{{ x }} § items x § -
          {% with y = z %}{{ y }}{% endwith %}{{ y }} § z y § -
          {% set n = author.name %}{{ n|default('x') }} § author § author.name
          {% set s = {'who': author} %}{{ s.who.name }} § author author.name § -
          {% set ns = namespace(n=0) %}{% set ns.n = ns.n + step %}{{ ns.n }} § step § -
          # Macros
          {% macro m(b) %}{{ b.title }}{% endmacro %}{{ m(book) }} § book book.title § -
          {% macro m(b, note='') %}{{ b.title }}{{ note }}{% endmacro %}{{ m(b=book) }} § book book.title § -
          {% macro m(b) %}{{ b.title }}{{ footer }}{% endmacro %}{{ m(x) }}{{ m(y) }} § x x.title footer y y.title § -
          {% macro m() %}{{ inside }}{% endmacro %}never called § - § inside
          {% macro m(b) %}{{ b|default('x') }}{% endmacro %}{{ m(book) }} § - § book
          {% macro m(b) %}{{ caller() }}{{ b.name }}{% endmacro %}{% call m(book) %}{{ title }}{% endcall %} § title book book.name § -
          {% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{{ deep }}{% endmacro %}{{ m(start) }} § start deep § -
          {% filter replace(old, 'x') %}{{ inner }}{% endfilter %} § inner old § -
          # Earlier steps look like any other path here
          {{ steps.outline.output }} § steps steps.outline steps.outline.output § -
          """)
  void findsWhatATemplateTakes(String template, String required, String optional) {
    List<Reference> references = PromptTemplate.parse(template).references();

    assertThat(paths(references, true)).isEqualTo(required == null ? "" : required);
    assertThat(paths(references, false)).isEqualTo(optional == null ? "" : optional);
  }

  private static String paths(List<Reference> references, boolean required) {
    return references.stream()
        .filter(reference -> reference.required() == required)
        .map(reference -> reference.path().toString())
        .collect(Collectors.joining(" "));
  }

  @Test
  void saysOnWhichLineAFieldIsTakenFirst() {
    List<Reference> references =
        PromptTemplate.parse("one\n{{ name }}\n{{ name }} {{ author.born }}").references();

    assertThat(references)
        .extracting(reference -> reference.path() + ":" + reference.line())
        .containsExactly("name:2", "author:3", "author.born:3");
  }

  @Test
  void refusesLoopOutsideOfALoop() {
    assertThatThrownBy(() -> PromptTemplate.parse("{{ loop.index }}"))
        .isInstanceOf(TemplateSyntaxException.class)
        .hasMessageContaining("'loop' is only there between 'for' and 'endfor'");
  }

  @Test
  void macrosThatCallEachOtherOverAndOverEndInAnError() {
    StringBuilder template = new StringBuilder("{% macro m0(x) %}{{ x.y }}{% endmacro %}");
    for (int i = 1; i <= 30; i++) {
      template.append(
          "{%% macro m%d(x) %%}{{ m%d(x) }}{{ m%d(x) }}{%% endmacro %%}"
              .formatted(i, i - 1, i - 1));
    }
    template.append("{{ m30(a) }}");

    assertThatThrownBy(() -> PromptTemplate.parse(template.toString()))
        .isInstanceOf(TemplateSyntaxException.class)
        .hasMessageContaining("too often");
  }
}
