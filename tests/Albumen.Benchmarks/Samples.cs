namespace Albumen.Benchmarks;

/// <summary>What a thing took, again and again. The median stands for it; the least is what it takes when nothing else runs.</summary>
sealed class Samples
{
    readonly List<double> _milliseconds = [];

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);
    public double Least => _milliseconds.Min();

    public override string ToString() => $"{Median:0.0} ms (least {Least:0.0})";
}
