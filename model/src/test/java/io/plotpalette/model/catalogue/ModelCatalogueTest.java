package io.plotpalette.model.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.money.Money;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelCatalogueTest {
  private static final ModelCatalogue CATALOGUE = ModelCatalogue.builtIn();
  private static final String ENTRY =
      "{'id':'m','aliases':['a'],'tier':'cheap','usd_per_million_tokens_in':'1',"
          + "'usd_per_million_tokens_out':'2','context_tokens':9,'max_output_tokens':8,"
          + "'requests_per_minute':7,'tokens_per_minute':6,'regions':['r']}";

  private static String file(String models) {
    return "{'prices_as_of':'2026-01-02','source':'s','models':[" + models + "]}";
  }

  private static ModelCatalogue read(String json) {
    return CatalogueJson.read(
        "test.json", json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theBuiltInFileSaysWhatItsPricesAreWorth() {
    assertThat(CATALOGUE.pricesAsOf()).isBefore(LocalDate.of(2026, 11, 22));
    assertThat(CATALOGUE.source()).contains("not checked against the live price list");
  }

  @ParameterizedTest
  @EnumSource(ModelTier.class)
  void everyTierHasAModelInTheUsRegions(ModelTier tier) {
    assertThat(CATALOGUE.ofTier(tier, "us-east-1").tier()).isEqualTo(tier);
    assertThat(CATALOGUE.ofTier(tier, "us-west-2").tier()).isEqualTo(tier);
  }

  @Test
  void fourFamiliesAreInIt() {
    assertThat(CATALOGUE.models())
        .extracting(CatalogueModel::id)
        .anyMatch(id -> id.contains("llama"))
        .anyMatch(id -> id.contains("mistral"))
        .anyMatch(id -> id.contains("claude"))
        .anyMatch(id -> id.contains("nova"));
  }

  @Test
  void aModelIsFoundByIdAndAlias() {
    CatalogueModel llama = CATALOGUE.named("llama-3.1-8b");

    assertThat(llama.tier()).isEqualTo(ModelTier.CHEAP);
    assertThat(CATALOGUE.named(llama.id())).isSameAs(llama);
    assertThat(CATALOGUE.named("claude-sonnet", "us-east-1").tier()).isEqualTo(ModelTier.PREMIUM);
    assertThat(llama.cost(1_000_000, 1)).isEqualTo(Money.parseUsd("0.220000220"));
    assertThat(llama.reservation(0, 0)).isEqualTo(Money.parseUsd("0.00022528"));
  }

  @ParameterizedTest
  @CsvSource({
    "claude-sonet, claude-sonnet",
    "llama, llama-3.1-8b",
    "Nova-Pro, nova-pro",
    "mistral_large, mistral-large"
  })
  void anUnknownNameListsTheCloseOnes(String name, String close) {
    assertThatThrownBy(() -> CATALOGUE.named(name))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("'" + name + "'")
        .hasMessageContaining(close);
  }

  @Test
  void aModelOfAnotherRegionSaysWhereItIs() {
    assertThatThrownBy(() -> CATALOGUE.named("nova-pro", "us-west-2"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessage("the model 'nova-pro' cannot be called in us-west-2, but in us-east-1");
    assertThatThrownBy(() -> CATALOGUE.ofTier(ModelTier.CHEAP, "mars-1"))
        .isInstanceOf(UnknownModelException.class)
        .hasMessageContaining("cheap")
        .hasMessageContaining("us-east-1");
  }

  @Test
  void theFirstOfATierIsPreferred() {
    ModelCatalogue catalogue =
        read(file(ENTRY + "," + ENTRY.replace("'m'", "'n'").replace("'a'", "'b'")));

    assertThat(catalogue.ofTier(ModelTier.CHEAP, "r").id()).isEqualTo("m");
  }

  @Test
  void aFileTakesThePlaceOfTheBuiltInOne(@TempDir Path folder) throws IOException {
    Path own = folder.resolve("models.json");
    Files.writeString(own, file(ENTRY).replace('\'', '"'));

    assertThat(ModelCatalogue.ofFile(own).models())
        .extracting(CatalogueModel::id)
        .containsExactly("m");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "'id':'m' | 'id':'' | model 1, id: is required",
        "'id':'m' | 'name':'m' | model 1, name: there is no such field",
        "'aliases':['a'] | 'aliases':'a' | model 'm', aliases: must be a list",
        "'aliases':['a'] | 'aliases':['a','a'] | model 'm', aliases: must be a list of different",
        "'tier':'cheap' | 'tier':'best' | model 'm', tier: must be cheap",
        "'usd_per_million_tokens_in':'1' | 'usd_per_million_tokens_in':1 | model 'm', usd_per_million_tokens_in: must be a text",
        "'usd_per_million_tokens_out':'2' | 'usd_per_million_tokens_out':'-2' | model 'm', usd_per_million_tokens_out: an amount of USD",
        "'context_tokens':9 | 'context_tokens':0 | model 'm', context_tokens: must be a whole number",
        "'max_output_tokens':8 | 'max_output_tokens':10 | model 'm', max_output_tokens: is larger",
        "'requests_per_minute':7 | 'requests_per_minute':'7' | model 'm', requests_per_minute",
        "'tokens_per_minute':6, |  | model 'm', tokens_per_minute",
        "'regions':['r'] | 'regions':[] | model 'm', regions: must name",
      })
  void aBadEntryIsNamedWithItsField(String right, String wrong, String message) {
    assertThatThrownBy(() -> read(file(ENTRY.replace(right, wrong == null ? "" : wrong))))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageStartingWith("test.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void aNameBelongsToOneModel() {
    assertThatThrownBy(() -> read(file(ENTRY + "," + ENTRY.replace("'m'", "'n'"))))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("model 'n', aliases: 'a' belongs to model 'm'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "{} | models: must be a list",
        "[] | must be an object",
        "{'prices_as_of':'soon','source':'s','models':[]} | prices_as_of",
        "{'models':[{}],'models':[]} | is not JSON",
        "nonsense | is not JSON",
        "{} {} | is not JSON",
      })
  void aBadFileSaysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining(message);
  }
}
