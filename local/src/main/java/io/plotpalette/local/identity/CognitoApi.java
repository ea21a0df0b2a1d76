package io.plotpalette.local.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.identity.UserPool.Tokens;

/** The operations of Cognito's API the product uses, from request to response document. */
final class CognitoApi {
  private final UserPool pool;

  CognitoApi(UserPool pool) {
    this.pool = pool;
  }

  /**
   * @param operation its name in the API, such as {@code SignUp}
   * @throws CognitoException for every error Cognito would answer with
   */
  ObjectNode call(String operation, JsonNode request) {
    return switch (operation) {
      case "SignUp" -> signUp(request);
      case "ConfirmSignUp" -> confirmSignUp(request);
      case "ResendConfirmationCode" -> resendConfirmationCode(request);
      case "InitiateAuth" -> initiateAuth(request);
      case "GetUser" -> getUser(request);
      case "GlobalSignOut" -> globalSignOut(request);
      case "DeleteUser" -> deleteUser(request);
      default ->
          throw new CognitoException(
              "UnknownOperationException", "Not available here: " + operation);
    };
  }

  private ObjectNode signUp(JsonNode request) {
    requireClient(request);
    String username = text(request, "Username");
    String sub = pool.signUp(username, text(request, "Password"));
    ObjectNode response = delivery(username);
    response.put("UserConfirmed", false).put("UserSub", sub);
    return response;
  }

  private ObjectNode confirmSignUp(JsonNode request) {
    requireClient(request);
    pool.confirmSignUp(text(request, "Username"), text(request, "ConfirmationCode"));
    return object();
  }

  private ObjectNode resendConfirmationCode(JsonNode request) {
    requireClient(request);
    String username = text(request, "Username");
    pool.resendConfirmationCode(username);
    return delivery(username);
  }

  private ObjectNode initiateAuth(JsonNode request) {
    requireClient(request);
    JsonNode parameters = request.path("AuthParameters");
    String flow = text(request, "AuthFlow");
    Tokens tokens =
        switch (flow) {
          case "USER_PASSWORD_AUTH" ->
              pool.logIn(text(parameters, "USERNAME"), text(parameters, "PASSWORD"));
          case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN" ->
              pool.refresh(text(parameters, "REFRESH_TOKEN"));
          default ->
              throw CognitoException.invalidParameter(flow + " is not enabled for the client.");
        };
    ObjectNode response = object();
    ObjectNode result = response.putObject("AuthenticationResult");
    result
        .put("AccessToken", tokens.accessToken())
        .put("IdToken", tokens.idToken())
        .put("ExpiresIn", UserPool.TOKEN_LIFE.toSeconds())
        .put("TokenType", "Bearer");
    if (tokens.refreshToken() != null) {
      result.put("RefreshToken", tokens.refreshToken());
    }
    response.putObject("ChallengeParameters");
    return response;
  }

  private ObjectNode getUser(JsonNode request) {
    Account account = pool.authenticated(text(request, "AccessToken"));
    ObjectNode response = object().put("Username", account.sub());
    response
        .putArray("UserAttributes")
        .add(attribute("sub", account.sub()))
        .add(attribute("email", account.email()))
        .add(attribute("email_verified", "true"));
    return response;
  }

  private ObjectNode globalSignOut(JsonNode request) {
    pool.globalSignOut(text(request, "AccessToken"));
    return object();
  }

  private ObjectNode deleteUser(JsonNode request) {
    pool.deleteUser(text(request, "AccessToken"));
    return object();
  }

  private static void requireClient(JsonNode request) {
    String clientId = text(request, "ClientId");
    if (!clientId.equals(UserPool.CLIENT_ID)) {
      throw new CognitoException(
          "ResourceNotFoundException", "User pool client " + clientId + " does not exist.");
    }
  }

  private static String text(JsonNode request, String field) {
    JsonNode value = request.path(field);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw CognitoException.invalidParameter("Missing required parameter " + field);
    }
    return value.textValue();
  }

  private static ObjectNode delivery(String email) {
    ObjectNode response = object();
    response
        .putObject("CodeDeliveryDetails")
        .put("AttributeName", "email")
        .put("DeliveryMedium", "EMAIL")
        .put("Destination", masked(email));
    return response;
  }

  private static String masked(String email) {
    int at = email.indexOf('@');
    return at < 0 ? "***" : email.charAt(0) + "***@" + email.charAt(at + 1) + "***";
  }

  private static ObjectNode attribute(String name, String value) {
    return object().put("Name", name).put("Value", value);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
