package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class UserPoolTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");
  private final JsonNode pool = stage.resources("AWS::Cognito::UserPool").get(0).properties();

  @Test
  void passwordsHaveTwelveCharactersOfFourClasses() {
    JsonNode policy = pool.at("/Policies/PasswordPolicy");

    assertThat(policy.path("MinimumLength").asInt()).isEqualTo(12);
    assertThat(policy.path("RequireLowercase").asBoolean()).isTrue();
    assertThat(policy.path("RequireNumbers").asBoolean()).isTrue();
    assertThat(policy.path("RequireSymbols").asBoolean()).isTrue();
    assertThat(policy.path("RequireUppercase").asBoolean()).isTrue();
  }

  @Test
  void peopleSignUpWithAnAddressTheyProve() {
    assertThat(TemplateText.each(pool.path("UsernameAttributes"))).containsExactly("email");
    assertThat(TemplateText.each(pool.path("AutoVerifiedAttributes"))).containsExactly("email");
    assertThat(pool.at("/AdminCreateUserConfig/AllowAdminCreateUserOnly").asBoolean()).isFalse();
    assertThat(pool.path("MfaConfiguration").asText()).isEqualTo("OPTIONAL");
    assertThat(TemplateText.of(pool.at("/LambdaConfig/PostConfirmation"))).contains("Live");
  }

  @Test
  void accessTokensLiveAnHourAndLoginsThirtyDays() {
    JsonNode client = stage.resources("AWS::Cognito::UserPoolClient").get(0).properties();

    assertThat(client.path("AccessTokenValidity").asInt()).isEqualTo(60);
    assertThat(client.path("RefreshTokenValidity").asInt()).isEqualTo(30 * 24 * 60);
    assertThat(client.at("/TokenValidityUnits/AccessToken").asText()).isEqualTo("minutes");
    assertThat(client.at("/TokenValidityUnits/RefreshToken").asText()).isEqualTo("minutes");
    assertThat(client.path("GenerateSecret").asBoolean()).isFalse();
    assertThat(client.path("PreventUserExistenceErrors").asText()).isEqualTo("ENABLED");
  }

  @Test
  void rolesAreGroups() {
    assertThat(stage.resources("AWS::Cognito::UserPoolGroup"))
        .extracting(group -> group.properties().path("GroupName").asText())
        .containsExactlyInAnyOrder("admin", "user");
  }
}
