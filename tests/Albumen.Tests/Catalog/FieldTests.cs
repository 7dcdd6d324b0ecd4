using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public sealed class FieldTests
{
    [Theory]
    [InlineData("title", "\"a\"", "\"a\"", true)]
    [InlineData("title", "\"a\"", "\"b\"", false)]
    [InlineData("title", null, "null", true)]
    [InlineData("tags", null, "[]", true)]
    [InlineData("tags", """["a","b/c"]""", """["b/c","b","a"]""", true)]
    [InlineData("tags", """["a"]""", """["b"]""", false)]
    [InlineData("people", """["a","b"]""", """["b","a"]""", true)]
    [InlineData("gps", """{"lat":50,"lon":14,"alt":200}""", """{"lat":50.0000009,"lon":14,"alt":200.009}""", true)]
    [InlineData("gps", """{"lat":50,"lon":14,"alt":200}""", """{"lat":50,"lon":14}""", false)]
    [InlineData("gps", """{"lat":50,"lon":14}""", """{"lat":50.00001,"lon":14}""", false)]
    [InlineData("taken", """{"local":"2024-07-14T15:30:12.25","offset":"+02:00","source":"person","precision":"exact"}""", """{"local":"2024-07-14T15:30:12","source":"XMP","precision":"exact"}""", true)]
    [InlineData("taken", """{"local":"2024-07-14T15:30:12","offset":"+02:00","source":"a","precision":"exact"}""", """{"local":"2024-07-14T15:30:12","offset":"+01:00","source":"a","precision":"exact"}""", false)]
    [InlineData("taken", """{"local":"1978","source":"a","precision":"year","approximate":true}""", """{"local":"1978","source":"a","precision":"year"}""", false)]
    [InlineData("regions", """[{"name":"a","type":"Face","x":0.5,"y":0.5,"w":0.1,"h":0.1}]""", """[{"name":"a","type":"Face","x":0.50005,"y":0.5,"w":0.1,"h":0.1}]""", true)]
    [InlineData("regions", """[{"name":"a","type":"Face","x":0.5,"y":0.5,"w":0.1,"h":0.1}]""", """[{"name":"a","type":"Face","x":0.502,"y":0.5,"w":0.1,"h":0.1}]""", false)]
    public void Two_values_are_the_same_when_they_say_the_same(string field, string? a, string? b, bool areSame)
    {
        Assert.Equal(areSame, Field.Find(field)!.AreSame(a, b));
        Assert.Equal(areSame, Field.Find(field)!.AreSame(b, a));
    }
}
